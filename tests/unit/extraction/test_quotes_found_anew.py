"""A statement is looked for in all passages, by its quote and then by its value; grounding decides."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.claims import Passage
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.grounding import ground
from mrt_pipeline.extraction.quotes import MAX_SENTENCES, Placed, place
from tests.unit.extraction.scene import FACTS, FIELDS, YISHUN, page, said


def is_grounded(placed: Placed) -> bool:
    passage, candidate = placed
    return bool(ground([(passage, [candidate])], YISHUN, FACTS, source="openrouter_llm")[0])


def placed(candidate: Candidate, *passages: Passage) -> Placed:
    return place(candidate, passages, is_grounded)


def test_a_statement_stays_as_it_is_where_its_quote_supports_it() -> None:
    first, second = page("Nothing here."), page("Exit A has a lift.", 100)
    candidate = said("access", "lift", "Exit A has a lift")
    assert placed(candidate, first, second) == (second, candidate)


def test_of_two_passages_with_the_quote_the_one_that_ties_it_to_the_exit_is_taken() -> None:
    other, mine = page("Exit B: lift here."), page("Exit A: lift here.", 100)
    assert placed(said("access", "lift", "lift here"), other, mine)[0] == mine


def test_a_statement_with_a_quote_of_the_models_own_gets_the_pages_words() -> None:
    text = "Yishun has exits.\nExit A\n- Northpoint City is here."
    passage, found = placed(
        said("landmark", "Northpoint City", "Exit A leads to Northpoint City"), page(text, 50)
    )
    assert (found.quote, found.char_start) == ("- Northpoint City is here", 50 + text.index("-"))
    assert is_grounded((passage, found))


def test_an_access_feature_is_looked_for_by_the_words_for_it() -> None:
    _, found = placed(
        said("access", "stairs_only", "Exit A"), page("Exit B has a lift. Exit A: stairs only.")
    )
    assert found.quote == "Exit A: stairs only"


def test_a_statement_that_no_words_support_is_left_with_the_passage_it_quotes() -> None:
    first, second = page("Exit B has a lift."), page("Exit A is here.", 100)
    candidate = said("access", "lift", "Exit A is here")
    assert placed(candidate, first, second) == (second, candidate)
    assert not is_grounded((second, candidate))


def test_a_statement_that_quotes_nothing_is_left_with_the_first_passage() -> None:
    first, second = page("Exit B has a lift."), page("Exit A is here.", 100)
    candidate = said("access", "teleporter", "beam me up")
    assert placed(candidate, first, second) == (first, candidate)


def test_not_every_sentence_of_a_long_page_is_tried() -> None:
    tried: list[Placed] = []
    text = "\n".join(f"Exit B has lift {number}." for number in range(3 * MAX_SENTENCES))

    def refuse(item: Placed) -> bool:
        tried.append(item)
        return False

    place(said("access", "lift", "my own words"), [page(text)], refuse)
    assert len(tried) == MAX_SENTENCES


@given(
    st.sampled_from(FIELDS),
    st.sampled_from(["lift", "59049", "Northpoint City", "A", "stairs_only", ""]),
    st.sampled_from(["A", "B", None]),
    st.lists(
        st.sampled_from(
            ["Exit A", "Exit B has no lift.", "59049", "Northpoint City", "stairs only", "\n", " lift "]
        ),
        max_size=8,
    ).map(" ".join),
)
def test_a_new_quote_stands_in_its_passage(field, value: str, label: str | None, text: str) -> None:  # type: ignore[no-untyped-def]
    candidate = said(field, value, "words of the model's own", label)
    passage, found = placed(candidate, page(text, 7))
    if found != candidate:
        assert found.char_start is not None
        assert passage.text.startswith(found.quote, found.char_start - 7)
        assert is_grounded((passage, found))
