"""Hypothesis strategies for what the domain is made of."""

from __future__ import annotations

from hypothesis import strategies as st
from nanhai.domain.identifiers import PersonId, RecordId, Region
from nanhai.domain.records import (
    SYMPTOMS,
    Application,
    Arrival,
    Clearance,
    Correction,
    Fact,
    Holder,
    IdentityLink,
    Isolation,
    Place,
    Reason,
    Record,
    Release,
    Residence,
    Result,
    Source,
    Stay,
    Symptoms,
)

DAY = 86_400
EPOCH = 1_583_000_000  # 2020-03-01, near the day the second policy began
PERSON = PersonId("0000000000001")

instants = st.integers(EPOCH - 40 * DAY, EPOCH + 60 * DAY) | st.integers(-DAY, 2**40)
regions = st.sampled_from([Region(r) for r in ("42", "420100", "3303", "4406", "440605", "430102", "11")])
record_ids = st.integers(0, 24).map(lambda n: RecordId(f"r{n:02}"))
spans = st.tuples(instants, st.integers(-DAY, 20 * DAY)).map(lambda pair: (pair[0], pair[0] + pair[1]))

applications = st.builds(Application, st.sampled_from(Holder))
residences = st.builds(Residence, regions, st.booleans())
symptoms = st.builds(
    Symptoms,
    st.none() | st.floats(34, 43),
    st.lists(st.sampled_from(sorted(SYMPTOMS)), max_size=3, unique=True).map(tuple),
)
stays = st.builds(lambda region, span: Stay(region, *span), regions, spans)
arrivals = st.builds(Arrival, regions, st.sampled_from(["train", "car"]), st.just("G1"))
links = st.builds(IdentityLink, regions)
isolations = st.builds(
    lambda kind, reason, span: Isolation(kind, reason, *span, "home"),
    st.sampled_from(Place),
    st.sampled_from(Reason),
    spans,
)
results = st.builds(Result, st.booleans(), st.just("nucleic-acid"))
positives = st.builds(Result, st.just(True), st.just("nucleic-acid"))
releases = st.builds(Release, record_ids)
clearances = st.builds(Clearance, st.just(("GATE1", "440605")), instants)
corrections = st.builds(Correction, st.just("entered wrongly"))

facts: st.SearchStrategy[Fact] = st.one_of(
    applications, residences, symptoms, stays, arrivals, links, isolations, results, releases, clearances, corrections
)
worsening: st.SearchStrategy[Fact] = st.one_of(symptoms, stays, arrivals, links, isolations, positives)


@st.composite
def records(draw: st.DrawFn, of: st.SearchStrategy[Fact] = facts, supersede: bool = True) -> Record:
    happened = draw(instants)
    return Record(
        draw(record_ids),
        PERSON,
        happened,
        draw(st.just(happened) | instants),
        draw(st.sampled_from(Source)),
        "office",
        "evidence",
        "basis",
        draw(of),
        draw(st.none() | record_ids) if supersede else None,
    )


histories = st.lists(records(), max_size=14)
