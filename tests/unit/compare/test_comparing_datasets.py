from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from mrt_pipeline.compare.comparison import compare_datasets
from mrt_pipeline.compare.regressions import find_losses
from mrt_pipeline.compare.wording import headline
from mrt_pipeline.contracts.evidence import Confidence, Method
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.network import (
    ExitAccess,
    Landmark,
    StationNames,
    StepFree,
    TowardsKind,
    link_platform,
)
from mrt_pipeline.contracts.outputs import Stage3Output
from tests.fakes.network_builder import (
    cited,
    make_bus_stop,
    make_dataset,
    make_exit,
    make_trains,
    provenance,
)
from tests.unit.compare.comparison_scene import (
    AFTER,
    BEFORE,
    RING_NETWORK,
    changed_kinds,
    compare,
    get_exit,
    get_station_of,
    network_dataset,
    replace_exit,
    replace_station,
)

NOW = network_dataset()
EXIT = "promenade-ccl-A"


def test_a_dataset_does_not_differ_from_itself() -> None:
    assert compare(NOW, NOW).is_same


def test_when_it_was_made_is_no_difference() -> None:
    later = NOW.metadata.model_copy(update={"generated_at": datetime(2026, 9, 9, tzinfo=UTC)})
    assert compare(NOW, NOW.model_copy(update={"metadata": later})).is_same


class TestTheDayTheRingOpened:
    """Between the two days lie one opening, two renumberings, and what follows from them."""

    COMPARISON = compare(network_dataset(BEFORE), network_dataset(AFTER))

    def test_nothing_else_is_reported(self) -> None:
        assert changed_kinds(self.COMPARISON) == {"stations_opened", "renumberings", "lines_changed"}

    def test_the_new_station_is_reported_with_its_exits(self) -> None:
        [opened] = self.COMPARISON.stations_opened
        assert (opened.slug, opened.codes, opened.exits) == ("keppel", ("CC30",), ("keppel-ccl-A",))
        assert opened.is_future_in_other

    def test_a_renumbering_is_one_change_and_names_the_exits_that_bear_the_new_code(self) -> None:
        changes = {(item.old_code, item.new_code, item.exits) for item in self.COMPARISON.renumberings}
        assert changes == {
            ("CE1", "CC34", ("bayfront-ccl-A",)),
            ("CE2", "CC33", ("marina-bay-ccl-A",)),
        }

    def test_the_line_is_reported_once_with_its_services_of_both_days(self) -> None:
        [line] = self.COMPARISON.lines_changed
        assert line.line_code == "CCL"
        assert line.is_ring_opened
        assert line.old_services == ("ccl-branch (CC4 – CE2)",)
        assert line.new_services == ("ccl-ring (ring CC4 – CC34)",)
        assert line.slugs == ("promenade", "marina-bay"), "at Bayfront trains go where they went"
        assert line.exits == 2

    def test_backwards_the_station_closes_and_the_codes_go_back(self) -> None:
        back = compare(network_dataset(AFTER), network_dataset(BEFORE))
        assert changed_kinds(back) == {"stations_closed", "renumberings", "lines_changed"}
        assert not back.lines_changed[0].is_ring_opened


def test_a_renamed_station_is_no_other_station() -> None:
    renamed = replace_station(NOW, "promenade", name="Promenade Bay", wiki_title="Promenade Bay MRT Station")
    comparison = compare(NOW, renamed)
    assert changed_kinds(comparison) == {"stations_renamed"}
    assert comparison.stations_renamed[0].old_name == "Promenade"


def test_a_code_that_the_table_does_not_know_is_renumbered_by_its_place_on_the_line() -> None:
    network = replace(
        RING_NETWORK, codes=tuple(replace(entry, renumbered_to=None) for entry in RING_NETWORK.codes)
    )
    comparison = compare_datasets(network_dataset(BEFORE), network_dataset(AFTER), network)
    assert {(item.old_code, item.new_code) for item in comparison.renumberings} == {
        ("CE1", "CC34"),
        ("CE2", "CC33"),
    }


def test_the_table_says_which_of_two_new_codes_is_the_successor() -> None:
    first = RING_NETWORK.codes[3]
    codes = (replace(first, station_code="CC50"), *RING_NETWORK.codes)
    new = network_dataset(AFTER, replace(RING_NETWORK, codes=codes))
    comparison = compare(network_dataset(BEFORE), new)
    bayfront = [item for item in comparison.renumberings if item.slug == "bayfront"]
    assert [(item.old_code, item.new_code) for item in bayfront] == [("CE1", "CC34")]
    assert [item.station_code for item in comparison.codes_added] == ["CC50"]


def test_a_ring_that_runs_differently_did_not_open() -> None:
    way_back = tuple(
        replace(service, service_id="ccl-way-back", station_codes=service.station_codes[:3])
        for service in RING_NETWORK.services
        if service.is_loop
    )
    network = replace(RING_NETWORK, services=(*RING_NETWORK.services, *way_back))
    [line] = compare_datasets(NOW, network_dataset(AFTER, network), network).lines_changed
    assert not line.is_ring_opened
    assert line.new_services == ("ccl-way-back (ring CC4 – CC33)",)


def test_another_destination_on_signs_is_reported_once_for_the_line_and_nothing_else() -> None:
    """The older dataset named the next station and did not say what it was to the trains."""
    returning = replace(RING_NETWORK.services[1], returns_to="CC4")
    network = replace(RING_NETWORK, services=(RING_NETWORK.services[0], returning))
    comparison = compare(NOW, network_dataset(AFTER, network))
    assert changed_kinds(comparison) == {"lines_changed"}
    [line] = comparison.lines_changed
    assert line.is_same_way
    assert (line.old_services, line.new_services) == ((), ())
    assert headline(comparison) == "destinations of 1 line changed."
    losses = find_losses(NOW, network_dataset(AFTER, network))
    assert not (losses.stations or losses.exits or losses.fields)


def test_what_a_destination_is_to_the_trains_is_no_change_by_itself() -> None:
    platforms = get_station_of(NOW, "promenade").platforms
    said = tuple(item.model_copy(update={"towards_kind": TowardsKind.NEXT_STATION}) for item in platforms)
    assert compare(NOW, replace_station(NOW, "promenade", platforms=said)).is_same


def test_a_line_that_begins_to_call_at_a_station_adds_a_code() -> None:
    codes = tuple(entry for entry in RING_NETWORK.codes if entry.station_code != "DT16")
    without = network_dataset(network=replace(RING_NETWORK, codes=codes))
    there, back = compare(without, NOW), compare(NOW, without)
    assert [(item.slug, item.station_code) for item in there.codes_added] == [("bayfront", "DT16")]
    assert there.codes_removed == ()
    assert back.codes_removed == there.codes_added
    assert [item.exit_id for item in there.exits_added] == ["bayfront-dtl-A"]


class TestExits:
    """One exit of one station."""

    FOUND = get_exit(NOW, EXIT)

    def test_a_new_exit_is_added_and_a_lost_one_removed(self) -> None:
        second = make_exit(RING_NETWORK.codes[0], "B", north_m=-80)
        more = replace_station(NOW, "promenade", exits=(*get_station_of(NOW, "promenade").exits, second))
        there, back = compare(NOW, more), compare(more, NOW)
        assert changed_kinds(there) == {"exits_added"}
        assert changed_kinds(back) == {"exits_removed"}
        assert there.exits_added[0].exit_id == "promenade-ccl-B"

    @pytest.mark.parametrize("metres", [3.0, 41.5, 900.0])
    def test_a_moved_exit_is_reported_by_how_many_metres(self, metres: float) -> None:
        comparison = compare(NOW, replace_exit(NOW, EXIT, lat=self.FOUND.lat + metres / 110_575))
        assert changed_kinds(comparison) == {"exits_moved"}
        assert comparison.exits_moved[0].moved_m == pytest.approx(metres, rel=0.002, abs=0.06)

    def test_a_position_written_with_fewer_digits_is_not_moved(self) -> None:
        assert compare(NOW, replace_exit(NOW, EXIT, lat=round(self.FOUND.lat, 6))).is_same

    def test_another_label_at_the_same_place_is_a_relabelling(self) -> None:
        signed = replace_exit(NOW, EXIT, exit_id="promenade-ccl-1", exit_code="1")
        comparison = compare(NOW, signed)
        assert changed_kinds(comparison) == {"exits_relabelled"}
        [change] = comparison.exits_relabelled
        assert (change.old_exit_code, change.new_exit_code, change.moved_m) == ("A", "1", 0.0)

    def test_another_building_is_a_relabelling(self) -> None:
        moved = replace_exit(
            NOW, "bayfront-ccl-A", exit_id="bayfront-dtl-X", station_code="DT16", line_code="DTL"
        )
        [change] = compare(NOW, moved).exits_relabelled
        assert (change.old_station_code, change.new_station_code) == ("CC34", "DT16")

    def test_of_two_relabelled_exits_each_is_matched_with_the_one_at_its_place(self) -> None:
        pair = tuple(
            make_exit(RING_NETWORK.codes[0], label, north_m=9 * number) for number, label in enumerate("AB")
        )
        signed = tuple(
            found.model_copy(update={"exit_id": f"promenade-ccl-{label}", "exit_code": label})
            for found, label in zip(pair, "21", strict=True)
        )
        old, new = (replace_station(NOW, "promenade", exits=exits) for exits in (pair, signed[::-1]))
        changes = {(item.old_exit_code, item.new_exit_code) for item in compare(old, new).exits_relabelled}
        assert changes == {("A", "2"), ("B", "1")}

    def test_a_relabelled_exit_is_reported_with_its_distance(self) -> None:
        lat = self.FOUND.lat + 3 / 110_575
        comparison = compare(NOW, replace_exit(NOW, EXIT, exit_id="promenade-ccl-1", exit_code="1", lat=lat))
        assert changed_kinds(comparison) == {"exits_relabelled"}
        assert comparison.exits_relabelled[0].moved_m == 3.0

    def test_a_label_elsewhere_is_another_exit(self) -> None:
        elsewhere = replace_exit(
            NOW, EXIT, exit_id="promenade-ccl-1", exit_code="1", lat=self.FOUND.lat + 30 / 110_575
        )
        assert changed_kinds(compare(NOW, elsewhere)) == {"exits_added", "exits_removed"}

    def test_the_values_of_a_relabelled_exit_are_compared_with_its_earlier_ones(self) -> None:
        signed = replace_exit(
            NOW, EXIT, exit_id="promenade-ccl-1", exit_code="1", landmarks=(_landmark("Suntec City"),)
        )
        [change] = compare(NOW, signed).values_changed
        assert (change.exit_id, change.field, change.item) == ("promenade-ccl-1", "landmarks", "Suntec City")

    def test_a_station_whose_position_changed_is_reported(self) -> None:
        moved = replace_station(NOW, "promenade", lat=get_station_of(NOW, "promenade").lat + 100 / 110_575)
        [change] = compare(NOW, moved).stations_moved
        assert change.moved_m == pytest.approx(100, rel=0.002)


class TestBusStops:
    """A bus stop at one exit."""

    FOUND = get_exit(NOW, EXIT)
    STOP = make_bus_stop(FOUND)
    WITH_STOP = replace_exit(NOW, EXIT, bus_stops=(STOP,))

    def _changed(self, **changes: Any) -> Stage3Output:
        return replace_exit(NOW, EXIT, bus_stops=(self.STOP.model_copy(update=changes),))

    def test_changed_services_are_reported_with_the_reasons_for_both(self) -> None:
        newer = cited("59069", "lta-bus-services")
        evidence = {**self.STOP.evidence, "services": newer["record"]}
        now = self._changed(services=("85", "860"), evidence=evidence)
        [change] = compare(self.WITH_STOP, now).values_changed
        assert (change.exit_id, change.field, change.item, change.attribute) == (
            EXIT,
            "bus_stops",
            "59069",
            "services",
        )
        assert (change.old, change.new) == (("85", "85A"), ("85", "860"))
        assert change.old_evidence == self.STOP.evidence["record"]
        assert change.new_evidence == newer["record"]

    def test_a_new_one_is_reported_whole_and_a_lost_one_too(self) -> None:
        [added] = compare(NOW, self.WITH_STOP).values_changed
        [removed] = compare(self.WITH_STOP, NOW).values_changed
        assert (added.attribute, added.old, added.old_evidence) == (None, None, ())
        assert added.new["description"] == "Yishun Stn Exit A"
        assert (removed.old, removed.new) == (added.new, None)
        assert removed.old_evidence == added.new_evidence

    def test_the_distance_after_it_moved_is_not_reported_again(self) -> None:
        moved = self._changed(lat=self.STOP.lat + 20 / 110_575, distance_m=60.0)
        assert [change.attribute for change in compare(self.WITH_STOP, moved).values_changed] == ["lat"]

    def test_distances_after_the_exit_moved_are_not_reported_again(self) -> None:
        moved = replace_exit(self._changed(distance_m=20.0), EXIT, lat=self.FOUND.lat + 20 / 110_575)
        assert changed_kinds(compare(self.WITH_STOP, moved)) == {"exits_moved"}

    def test_a_distance_measured_differently_is_reported(self) -> None:
        [change] = compare(self.WITH_STOP, self._changed(distance_m=61.0)).values_changed
        assert change.attribute == "distance_m"

    def test_a_position_written_with_fewer_digits_is_not(self) -> None:
        assert compare(self.WITH_STOP, self._changed(lat=self.STOP.lat + 5e-7)).is_same

    def test_a_rounding_of_the_distance_is_not(self) -> None:
        assert compare(self.WITH_STOP, self._changed(distance_m=40.1)).is_same

    def test_other_evidence_for_the_same_value_is_no_change(self) -> None:
        assert compare(self.WITH_STOP, self._changed(evidence=cited("other"))).is_same


class TestPlatforms:
    """The two platforms that one exit leads to."""

    FOUND = get_exit(NOW, EXIT)

    def test_a_letter_that_became_known_is_reported(self) -> None:
        first, *others = get_station_of(NOW, "promenade").platforms
        lettered = replace_station(
            NOW, "promenade", platforms=(first.model_copy(update={"platform_codes": ("A",)}), *others)
        )
        [change] = compare(NOW, lettered).values_changed
        assert (change.exit_id, change.item, change.attribute) == (None, "CC4 to CC30", "platform_codes")
        assert (change.old, change.new) == ((), ("A",))

    def test_a_way_that_leads_through_another_building_now_is_reported_with_its_premises(self) -> None:
        first, *others = self.FOUND.platforms
        farther = link_platform(first.platform_id, is_same_building=False)
        changes = compare(NOW, replace_exit(NOW, EXIT, platforms=(farther, *others))).values_changed
        assert [(change.exit_id, change.item, change.attribute) for change in changes] == [
            (EXIT, "CC4 to CC30", "is_same_building"),
            (EXIT, "CC4 to CC30", "confidence"),
        ]
        assert {reason.method for change in changes for reason in change.new_evidence} == {Method.DEDUCTION}

    def test_one_that_only_this_exit_lost_is_reported_as_a_value_of_this_exit(self) -> None:
        two = replace_station(
            NOW,
            "promenade",
            exits=(
                self.FOUND,
                self.FOUND.model_copy(update={"exit_id": "promenade-ccl-B", "exit_code": "B"}),
            ),
        )
        less = replace_exit(two, EXIT, platforms=self.FOUND.platforms[:1])
        comparison = compare(two, less)
        assert changed_kinds(comparison) == {"values_changed"}
        [change] = comparison.values_changed
        assert (change.exit_id, change.field, change.new) == (EXIT, "platforms", None)
        assert change.old["next_code"] != "CC30" and change.old["is_same_building"]
        assert [reason.record_id for reason in change.old_evidence] == ["ccl-ring"]

    def test_all_of_them_gone_are_values_that_are_lost(self) -> None:
        comparison = compare(NOW, replace_exit(NOW, EXIT, platforms=()))
        assert changed_kinds(comparison) == {"values_changed"}
        assert len(comparison.values_changed) == len(self.FOUND.platforms)

    def test_a_letter_that_changed_with_the_line_is_reported_besides(self) -> None:
        old, new = network_dataset(BEFORE), network_dataset(AFTER)
        lettered = [_letter(day, "marina-bay", letter) for day, letter in ((old, "A"), (new, "B"))]
        [change] = compare(*lettered).values_changed
        assert (change.item, change.old, change.new) == ("CC33 to CC34", ("A",), ("B",))


def test_what_becomes_known_of_access_is_reported_whole() -> None:
    access = ExitAccess(step_free=StepFree.YES, evidence=cited("lift"))
    [change] = compare(NOW, replace_exit(NOW, EXIT, access=access)).values_changed
    assert (change.field, change.item, change.old) == ("access", None, None)
    assert change.new == {"step_free": "yes", "features": [], "confidence": "high"}


def test_access_that_changed_is_reported_by_what_changed() -> None:
    access = ExitAccess(step_free=StepFree.YES, evidence=cited("lift"))
    old = replace_exit(NOW, EXIT, access=access)
    new = replace_exit(NOW, EXIT, access=access.model_copy(update={"step_free": StepFree.NO}))
    [change] = compare(old, new).values_changed
    assert (change.attribute, change.old, change.new) == ("step_free", StepFree.YES, StepFree.NO)


def test_another_confidence_is_reported() -> None:
    old = replace_exit(NOW, EXIT, landmarks=(_landmark("Suntec City"),))
    new = replace_exit(NOW, EXIT, landmarks=(_landmark("Suntec City", confidence=Confidence.LOW),))
    [change] = compare(old, new).values_changed
    assert (change.attribute, change.old, change.new) == ("confidence", Confidence.HIGH, Confidence.LOW)


def test_names_in_other_languages_are_reported_when_they_become_known_and_when_one_changes() -> None:
    old = StationNames(zh_hans="吉宝", evidence=cited("KPL"))
    named = replace_station(NOW, "keppel", names=old)
    [known] = compare(NOW, named).values_changed
    assert (known.slug, known.exit_id, known.field, known.attribute) == ("keppel", None, "names", None)
    assert known.new == {"zh_hans": "吉宝"}
    [change] = compare(
        named, replace_station(NOW, "keppel", names=old.model_copy(update={"zh_hans": "岌巴"}))
    ).values_changed
    assert (change.field, change.attribute, change.old, change.new) == ("names", "zh_hans", "吉宝", "岌巴")


def _with_trains(dataset: Stage3Output, slug: str, **changes: Any) -> Stage3Output:
    """Return the dataset with trains from a station to Marina Bay, CE2 before it was CC33."""
    [platform] = [it for it in get_station_of(dataset, slug).platforms if it.next_code in ("CE2", "CC33")]
    return replace_station(dataset, slug, trains=(make_trains(platform, **changes),))


def test_an_earlier_last_train_is_reported_with_its_platform_service_and_days() -> None:
    old, new = (_with_trains(NOW, "keppel", last_train=last) for last in ("00:31", "00:16"))
    [change] = compare(old, new).values_changed
    assert (change.field, change.item) == ("trains", "keppel-ccl-CC33 NSL_MAIN_S weekday")
    assert (change.attribute, change.old, change.new) == ("last_train", "00:31", "00:16")
    for one, other, sides in ((NOW, new, (False, True)), (new, NOW, (True, False))):
        [change] = compare(one, other).values_changed
        assert (change.attribute, change.old is not None, change.new is not None) == (None, *sides)


def test_trains_of_a_platform_that_was_renumbered_are_reported_only_if_their_times_differ() -> None:
    """At Bayfront trains go where they went, under other codes."""
    old, new = (_with_trains(network_dataset(day), "bayfront") for day in (BEFORE, AFTER))
    ids = {get_station_of(side, "bayfront").trains[0].platform_id for side in (old, new)}
    assert len(ids) == 2
    assert compare(old, new).values_changed == ()
    later = _with_trains(network_dataset(AFTER), "bayfront", last_train="00:46")
    assert [it.attribute for it in compare(old, later).values_changed] == ["last_train"]


def test_a_corrected_opening_date_is_reported() -> None:
    codes = get_station_of(NOW, "keppel").codes
    corrected = (codes[0].model_copy(update={"opened_date": date(2026, 7, 13)}),)
    [change] = compare(NOW, replace_station(NOW, "keppel", codes=corrected)).values_changed
    assert (change.exit_id, change.field, change.item, change.attribute) == (
        None,
        "codes",
        "CC30",
        "opened_date",
    )


def test_a_future_station_is_reported_when_it_is_announced_and_not_when_it_opens() -> None:
    without = NOW.model_copy(update={"future_stations": ()})
    assert [item.slug for item in compare(without, NOW).future_added] == ["nowhere"]
    assert [item.slug for item in compare(NOW, without).future_removed] == ["nowhere"]
    assert compare(network_dataset(BEFORE), network_dataset(AFTER)).future_removed == ()


class TestFindings:
    """Findings are matched by what they are about."""

    FINDING = Finding(check="exit-far", severity=Severity.WARNING, message="It is 800 m away.", slug="keppel")

    def test_one_that_is_new_and_one_that_is_gone(self) -> None:
        there, back = compare(NOW, _with(self.FINDING)), compare(_with(self.FINDING), NOW)
        assert [(item.old, item.new) for item in there.findings] == [(None, self.FINDING)]
        assert [(item.old, item.new) for item in back.findings] == [(self.FINDING, None)]

    def test_one_in_other_words_is_one_change(self) -> None:
        reworded = self.FINDING.model_copy(update={"message": "It is 900 m away."})
        [change] = compare(_with(self.FINDING), _with(reworded)).findings
        assert (change.old, change.new) == (self.FINDING, reworded)

    def test_the_day_in_a_message_is_no_difference(self) -> None:
        def said(day: date) -> Stage3Output:
            message = f"Marina South is not in operation on {day}."
            finding = self.FINDING.model_copy(update={"message": message})
            return make_dataset(as_of=day, findings=(finding,))

        assert compare(said(date(2026, 1, 5)), said(date(2026, 1, 6))).is_same

    def test_coverage_is_compared_as_figures_only(self) -> None:
        share = Finding(check="field-coverage", severity=Severity.INFO, message="access: 3 of 5 exits.")
        assert compare(NOW, _with(share)).is_same


def test_coverage_is_reported_where_a_number_differs() -> None:
    comparison = compare(NOW, replace_exit(NOW, EXIT, landmarks=(_landmark("Suntec City"),)))
    assert [(item.field, item.old.filled, item.new.filled) for item in comparison.coverage] == [
        ("landmarks", 0, 1)
    ]


@pytest.mark.parametrize("changes", [{"sha256": "b" * 64}, {"revision": "2"}, {"licence": "CC-BY-SA-3.0"}])
def test_a_document_with_other_content_is_reported_and_changes_nothing_by_itself(
    changes: dict[str, Any],
) -> None:
    anew = {"lta-station-exits": provenance(**changes)}
    comparison = compare(NOW, NOW.model_copy(update={"provenance": anew}))
    assert [item.document_id for item in comparison.documents] == ["lta-station-exits"]
    assert comparison.is_same


def test_a_document_read_at_another_time_with_the_same_content_is_not_reported() -> None:
    anew = {"lta-station-exits": provenance(retrieved_at=datetime(2026, 9, 9, tzinfo=UTC))}
    assert compare(NOW, NOW.model_copy(update={"provenance": anew})).documents == ()


def _landmark(name: str, **changes: Any) -> Landmark:
    return Landmark(name=name, evidence=cited(name), **changes)


def _letter(dataset: Stage3Output, slug: str, letter: str) -> Stage3Output:
    platforms = get_station_of(dataset, slug).platforms
    lettered = tuple(item.model_copy(update={"platform_codes": (letter,)}) for item in platforms)
    return replace_station(dataset, slug, platforms=lettered)


def _with(*findings: Finding) -> Stage3Output:
    return NOW.model_copy(update={"findings": findings})
