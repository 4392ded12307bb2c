"""A language model behind chat completions: OpenRouter, or any server with an OpenAI-compatible API.

It publishes nothing of its own: it reads the prose that the wiki's rules pass on, and its statements count
only if they are found in that text. Protocol: https://openrouter.ai/docs/api-reference/overview. Last
looked at on 2026-11-23.
"""

from pydantic import Field, HttpUrl

from mrt_pipeline.contracts.fields import PARTS
from mrt_pipeline.contracts.sections import BaseUrl, ModelSection, TimeoutSeconds
from mrt_pipeline.contracts.source_spec import Credentials, SourceSpec


class OpenrouterSection(ModelSection):
    """Any server with OpenAI-compatible chat completions."""

    base_url: BaseUrl = HttpUrl("https://openrouter.ai/api/v1")
    model: str = Field(default="openai/gpt-oss-120b", min_length=1)
    timeout: TimeoutSeconds = 120


SPEC = SourceSpec(
    name="openrouter_llm",
    package=__name__,
    place=9,
    api="openrouter",
    section=OpenrouterSection,
    live_inputs=("openrouter-model",),
    is_recorded=False,
    kept_state="kept:describe_kept",
    reads=("fandom_wiki",),
    fills=tuple(part.record_type for part in PARTS.values()),
    credentials=Credentials(
        (("OPENROUTER_API_KEY",),),
        service="OpenRouter",
        is_needed="claims:wants_key",
        way_out="set apis.openrouter.base_url to a server that needs none",
    ),
)
