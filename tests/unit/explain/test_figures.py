from __future__ import annotations

from datetime import date

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.evidence import Evidence, Method
from mrt_pipeline.contracts.findings import Side
from mrt_pipeline.contracts.network import AccessFeature, ExitAccess, Landmark, StepFree
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.explain.coverage_page import render_coverage
from mrt_pipeline.explain.figures import Agreement, Given, count_figures
from tests.fakes.network_builder import make_dataset, open_stations, provenance

LTA, SBS, CODES = "lta-lifts", "sbs-station-pages", "network-table"
DOCUMENTS = {name: provenance(name) for name in (LTA, SBS, CODES, "lta-station-exits")}
DISPUTE = finding_of(
    "sources-disagree",
    "They disagree.",
    slug="bishan",
    exit_id="bishan-nsl-A",
    field="access.step_free",
    sides=(
        Side(speaker="sbs_transit", says="yes"),
        Side(speaker="fandom_wiki", says="no"),
        Side(speaker="openrouter_llm", says="no"),
    ),
)


def _by(*documents: str, method: Method = Method.RECORD) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(document_id=name, method=method, licence="SODL-1.0", record_id="1") for name in documents
    )


def _dataset(**parts: object) -> Stage3Output:
    station = open_stations()[1]
    found = station.exits[0].model_copy(update=parts)
    changed = station.model_copy(update={"exits": (found, *station.exits[1:])})
    return make_dataset(changed, provenance=DOCUMENTS, findings=(DISPUTE,))


LIFT, TOILET = AccessFeature.LIFT, AccessFeature.TOILET
ACCESS = ExitAccess(
    step_free=StepFree.YES,
    features=(LIFT, TOILET),
    evidence={
        "step_free": _by(SBS, CODES, method=Method.DEDUCTION),
        "features": _by(LTA, SBS),
        "features.toilet": _by(SBS),
    },
)


def test_who_states_a_value_is_reported_from_who_gives_a_premise() -> None:
    given = count_figures(_dataset(access=ACCESS)).given
    assert given["step_free", "sbs_transit"] == Given(stated=0, concluded=1)
    assert given["step_free", "network"] == Given(stated=0, concluded=1)
    assert given["access", "sbs_transit"] == Given(stated=1, concluded=1)
    assert given["access", "lta_lifts"] == Given(stated=1, concluded=0)


def test_sources_agree_only_on_a_value_that_both_state() -> None:
    both = count_figures(_dataset(access=ACCESS)).agreements
    assert both["access", ("lta_lifts", "sbs_transit")] == Agreement(agreed=1, contradicted=0)
    apart = ACCESS.model_copy(update={"evidence": {**ACCESS.evidence, "features.lift": _by(LTA)}})
    assert ("access", ("lta_lifts", "sbs_transit")) not in count_figures(_dataset(access=apart)).agreements
    near = Landmark(name="Bishan Park", evidence={"record": (*_by(SBS), *_by(LTA, method=Method.GEOMETRY))})
    assert not any(field == "landmarks" for field, _ in count_figures(_dataset(landmarks=(near,))).agreements)


def test_each_pair_that_says_otherwise_is_a_contradiction_which_the_page_lists() -> None:
    dataset = _dataset()
    assert count_figures(dataset).agreements == {
        ("step_free", ("fandom_wiki", "sbs_transit")): Agreement(agreed=0, contradicted=1),
        ("step_free", ("openrouter_llm", "sbs_transit")): Agreement(agreed=0, contradicted=1),
    }
    said = "sbs_transit says yes, fandom_wiki says no, openrouter_llm says no"
    assert f"- bishan-nsl-A, access.step_free: {said}" in render_coverage(dataset)


def test_a_source_at_odds_with_itself_is_listed_and_is_no_pair_of_sources() -> None:
    own = DISPUTE.model_copy(
        update={
            "exit_id": None,
            "slug": "kranji",
            "field": "trains.NS7>NS5.last_train",
            "sides": (
                Side(speaker="mrtdown", says="NS7 at 00:50"),
                Side(speaker="mrtdown", says="NS5 at 00:46"),
            ),
        }
    )
    dataset = make_dataset(*open_stations(), findings=(own,))
    assert count_figures(dataset).agreements == {}
    said = "mrtdown says NS7 at 00:50, mrtdown says NS5 at 00:46"
    assert f"- kranji, trains.NS7>NS5.last_train: {said}" in render_coverage(dataset)


def test_an_exit_without_a_value_is_unknown_to_every_source() -> None:
    page = render_coverage(make_dataset(*open_stations()))
    assert "| Step-free access (yes or no) | 0 | 4 | 0.0% |" in page
    assert "None." in page


def test_a_source_that_was_read_after_the_day_described_is_reported() -> None:
    page = render_coverage(make_dataset(provenance={LTA: provenance(LTA)}, as_of=date(1990, 1, 1)))
    assert " days after 1990-01-01 |" in page
