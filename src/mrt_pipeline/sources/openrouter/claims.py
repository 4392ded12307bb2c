"""The source ``openrouter_llm``: statements that a language model reads in prose that rules could not read.

The model is asked about the passages that earlier sources pass on, and about the meaning of column heads
unknown to them. Its statements are checked against those pages and the network (``extraction.grounding``), so
an invented value has nothing to point to. Answers are kept in ``<cache>/model/answers.sqlite3``. If some of a
station's questions could not be asked now, or none was answered, the station fails and is tried again; if a
part of its text got no answer, that is a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.claims import Passage, StationClaims
from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.contracts.outputs import ExitEnrichment, ModelUsage, RejectedClaim
from mrt_pipeline.contracts.sections import ModelSection
from mrt_pipeline.errors import ModelCallError
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.facts import BusTables, GroundingFacts
from mrt_pipeline.extraction.grounding import ground
from mrt_pipeline.extraction.head_meanings import HeadReader, make_head_question
from mrt_pipeline.extraction.model_reading import Reading, pack, read_excerpts
from mrt_pipeline.extraction.place_names import PlaceNames
from mrt_pipeline.extraction.prompts import Excerpt, make_question
from mrt_pipeline.extraction.quotes import Placed, place
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.model import SOURCE_ID, ChatModel, is_openrouter
from mrt_pipeline.runtime.model_cache import AnswerCache, RememberingModel
from mrt_pipeline.runtime.model_usage import Ledger
from mrt_pipeline.sources.openrouter.kept import FOLDER

NAME = SOURCE_ID
MAX_QUESTION_CHARS = 4000
"""About a page of prose: few requests, and an answer that is not cut."""

Grounded = tuple[tuple[ExitEnrichment, ...], tuple[RejectedClaim, ...], tuple[Finding, ...]]


@dataclass(frozen=True)
class ModelSource:
    """Reads claims with a model from the passages that earlier sources pass on."""

    name: ClassVar[str] = NAME
    model: ChatModel
    memory: RememberingModel
    facts: GroundingFacts
    heads: HeadReader

    @property
    def requests_made(self) -> int:
        """Return the number of requests sent, including those for stations that failed."""
        return self.model.requests_made

    @property
    def spent(self) -> ModelUsage:
        """Return the cost of all requests, including those for stations that failed."""
        return self.model.spent

    def prepare(self, stations: Sequence[Station]) -> None:
        """Do nothing: every question to a model costs money."""

    def version_for(self, station: Station) -> str:
        """Return the fingerprints of server, model, parameters, prompts and schemas."""
        asked = make_question(Excerpt("", "")), make_head_question("", ())
        return "+".join(map(self.memory.fingerprint, asked))

    def keeps(self, station: Station) -> bool:
        """Return whether answers are kept at all: which questions a station needs depends on its page."""
        return not self.memory.is_empty

    def claims_for(self, station: Station, earlier: tuple[StationClaims, ...]) -> StationClaims:
        """Return what the model reads in a station's passages, as far as it is grounded there.

        Raises:
            ModelCallError: if some questions could not be asked now, or none was answered.
        """
        passages = tuple(passage for claims in earlier for passage in claims.passages)
        ledger = Ledger()
        reading = self._read(station, passages, ledger)
        if reading.failures and not reading.answered:
            raise ModelCallError(reading.failures[0])
        placed = [self._place(candidate, passages, station) for candidate in reading.candidates]
        headed = list(self._read_headed(station, earlier, ledger))
        exits, rejected, findings = self._ground((*placed, *headed), station)
        return StationClaims(
            source=NAME,
            exits=exits,
            rejected=rejected,
            findings=(*findings, *(_unread(station, failure) for failure in reading.failures)),
            provenance=self._documents((*passages, *(page for page, _ in headed)), earlier),
            usage=ledger.total,
        )

    def _read(self, station: Station, passages: Iterable[Passage], ledger: Ledger) -> Reading:
        texts = pack((passage.text for passage in passages), MAX_QUESTION_CHARS)
        return read_excerpts((Excerpt(station.name, text) for text in texts), self.memory, ledger)

    def _read_headed(
        self, station: Station, earlier: Iterable[StationClaims], ledger: Ledger
    ) -> Iterator[Placed]:
        """Yield the statements below heads that earlier sources did not know, each with its page."""
        for claims in earlier:
            if (page := claims.page) is not None:
                for candidate in self.heads.read(page, claims.headed, station.wiki_title, ledger):
                    yield page, candidate

    def _place(self, candidate: Candidate, passages: Sequence[Passage], station: Station) -> Placed:
        return place(candidate, passages, lambda placed: bool(self._ground([placed], station)[0]))

    def _ground(self, placed: Iterable[Placed], station: Station) -> Grounded:
        readings = ((passage, (candidate,)) for passage, candidate in placed)
        return ground(readings, station, self.facts, source=NAME)

    def _documents(
        self, passages: Iterable[Passage], earlier: Iterable[StationClaims]
    ) -> dict[str, Provenance]:
        """Return the provenance of the cited documents: the pages, and the facts they are checked against."""
        known = {key: found for claims in earlier for key, found in claims.provenance.items()}
        pages = {passage.document_id for passage in passages}
        return {
            **{page: known[page] for page in sorted(pages & known.keys())},
            **(self.facts.documents if pages else {}),
        }


def open_source(context: RunContext, tables: BusTables) -> ModelSource:
    """Return the source as the configuration describes it.

    Raises:
        CredentialError: if the server requires a key and none is set.
    """
    settings = context.settings
    model = ChatModel(
        settings.apis.openrouter,
        settings.stages.stage2_enrichment,
        context.access.secrets.openrouter_api_key,
        max_requests=settings.stages.stage2_enrichment.max_model_requests,
        contact=settings.contact,
        notify=context.access.notify,
    )
    context.access.close_with(model)
    cache = AnswerCache(context.access.cache_dir / FOLDER, context.reporter.warn)
    memory, network = RememberingModel(model, cache), load_network()
    facts = GroundingFacts(network, context.as_of, tables)
    return ModelSource(model, memory, facts, HeadReader(memory, PlaceNames.of(network)))


def wants_key(section: ModelSection) -> bool:
    """Return whether the server is OpenRouter's, which requires a key."""
    return is_openrouter(str(section.base_url))


def _unread(station: Station, failure: str) -> Finding:
    return finding_of(
        "model-passage-unread",
        f"{station.name}: a passage of its page was not read. {failure}",
        slug=station.slug,
    )
