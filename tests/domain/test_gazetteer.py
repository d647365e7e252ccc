"""What an address means: by the names of this district, and by those that an operator has loaded."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanhai.domain.gazetteer import CHOICES_MAX, Located, locate, of_towns
from nanhai.domain.place_names import Kind, Known, bare, names, normal
from nanhai.policies.divisions import divisions, endings, shipped_places

NANHAI, ENDINGS = divisions("440605"), endings()
NAMES = names(NANHAI, ENDINGS).with_places(shipped_places("440605"))
REGION = "广东省佛山市南海区"
GUIYI, JIANGBIN, JIANGBIN_OF_JIUJIANG = "440605011001", "440605011011", "440605121001"


def meant(text: str, *places: Known) -> Located:
    return locate(NANHAI, NAMES.with_places(places), ENDINGS, text)


def codes(located: Located) -> list[str]:
    return [choice.code for choice in located.choices]


def code(town: str, community: str) -> str:
    (found,) = [
        row.code
        for row in NANHAI.communities
        if row.town_name == town and bare(row.name, ENDINGS.community) == community
    ]
    return found


@pytest.mark.parametrize("town", NANHAI.towns)
def test_every_community_is_found_first_by_full_and_short_name_with_its_town(town):
    for row in (row for row in NANHAI.communities if row.town == town):
        towns = (row.town_name, bare(row.town_name, ENDINGS.town))
        forms = (row.name, bare(row.name, ENDINGS.community))
        for called, form, before, after in product(towns, forms, ("", REGION), ("", "12 号", "３栋２０１室")):
            found = meant(f"{before}{called}{form}{after}")
            assert found.choices[0].code == row.code, (called, form)
            assert found.sure or form == bare(row.name, ENDINGS.community)


def test_a_short_name_with_its_town_is_sure_but_where_it_is_a_towns_name_too():
    """Eleven communities are called like their town, or like one that was merged into it."""
    unsure = {
        row.code for row in NANHAI.communities if not meant(f"{row.town_name}{bare(row.name, ENDINGS.community)}").sure
    }
    alike = {
        row.code
        for row in NANHAI.communities
        if any(one.code == row.town for one in NAMES.meanings(bare(row.name, ENDINGS.community)))
    }
    assert unsure == alike
    assert len(alike) == 11


@pytest.mark.parametrize(
    ("text", "town", "community"),
    [
        ("佛山市南海区桂城桂一社区３栋", "桂城街道", "桂一"),
        ("桂 城 街 道，桂一 社区", "桂城街道", "桂一"),
        ("南海桂城叠南村", "桂城街道", "叠南"),
        ("狮山镇罗村塘头村", "狮山镇", "塘头"),  # a former town, then a community
        ("大沥盐步河西", "大沥镇", "河西"),
        ("狮山镇南浦村委会", "狮山镇", "南浦"),  # not the community in the middle of the two names
        ("丹灶镇下沙滘", "丹灶镇", "下沙滘"),  # not the one that is a part of its name
        ("九江江滨社区", "九江镇", "江滨"),
        ("南海科技工业园核心区社区", "狮山镇", "南海科技工业园核心区"),
    ],
)
def test_an_address_that_says_enough_is_sure(text, town, community):
    found = meant(text)
    assert (found.sure, found.choices[0].code) == (True, code(town, community))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("石肯", code("桂城街道", "石肯")),  # two characters, and no town
        ("桂城平东上一村", code("桂城街道", "平东")),  # begins a longer name, which nobody has loaded
        ("江滨路 5 号", JIANGBIN),  # a street may run anywhere
        ("西樵", code("西樵镇", "西樵")),  # the town, or the community of that name
        ("狮山罗村某某花园", code("狮山镇", "罗村")),  # may well be all of the former town
        ("桂一社区 石肯社区", GUIYI),  # says two things
    ],
)
def test_an_address_that_says_too_little_or_too_much_is_a_choice(text, first):
    found = meant(text)
    assert (found.sure, found.choices[0].code) == (False, first)


def test_a_name_of_two_communities_is_a_choice_between_them_until_the_town_is_named():
    assert codes(meant("江滨社区居委会")) == [JIANGBIN, JIANGBIN_OF_JIUJIANG]
    assert not meant("江滨社区居委会").sure
    there = meant("九江镇江滨社区居委会")
    assert (there.sure, codes(there)[0]) == (True, JIANGBIN_OF_JIUJIANG)


@pytest.mark.parametrize("text", ["", " ", "abc", "北京市朝阳区", "１２３", "。，、", "桂"])
def test_what_names_nothing_has_no_choices(text):
    assert meant(text) == Located((), sure=False)


def test_a_town_alone_gives_some_of_its_communities_and_is_never_sure():
    found = meant("广东省佛山市南海区里水镇 88 号")
    assert len(found.choices) == CHOICES_MAX
    assert {choice.town_name for choice in found.choices} == {"里水镇"}
    assert found.choices[0].name == "里水社区居委会"
    assert not found.sure
    assert sum(choice.confidence for choice in found.choices) < 0.2


def test_no_town_gives_nobody():
    assert of_towns(NANHAI, []) == Located()


ESTATE = Known("万科金域华府", Kind.ESTATE, GUIYI)
ROAD = [Known("桂澜路", Kind.ROAD, GUIYI), Known("桂澜路", Kind.ROAD, JIANGBIN)]


def test_a_loaded_estate_is_sure_and_a_road_through_two_communities_is_a_choice():
    there = meant("桂澜路 1 号万科金域华府", ESTATE, *ROAD)
    assert (there.sure, codes(there)) == (True, [GUIYI, JIANGBIN])
    road = meant("桂城桂澜路 1 号", *ROAD)
    assert (road.sure, set(codes(road))) == (False, {GUIYI, JIANGBIN})


def test_a_loaded_alias_may_name_a_town():
    alias = Known("千灯湖", Kind.ALIAS, "440605011")
    assert meant("千灯湖江滨社区", alias).sure
    assert not meant("江滨社区", alias).sure


def test_the_same_place_loaded_twice_is_one():
    assert meant("万科金域华府", ESTATE, ESTATE) == meant("万科金域华府", ESTATE)


addresses = st.text(st.sampled_from("桂城街道社区一二江滨沙头村路罗西樵镇南浦 ０1a，"), max_size=40) | st.text(
    max_size=60
)


@given(addresses)
def test_normalising_twice_changes_nothing(text):
    assert normal(normal(text)) == normal(text)


@given(addresses)
def test_wide_digits_small_letters_and_blanks_say_the_same(text):
    wide = "".join(chr(ord(one) + 0xFEE0) if one.isascii() and one.isdigit() else one for one in text)
    assert normal(wide) == normal(text) == normal(" ".join(text)) == normal(text.lower())


@given(addresses)
def test_choices_are_few_best_first_and_sure_only_when_the_first_is(text):
    found = meant(text)
    confidences = [choice.confidence for choice in found.choices]
    assert len(confidences) <= CHOICES_MAX
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 <= one <= 1 for one in confidences)
    assert len(set(codes(found))) == len(confidences)
    if found.sure:
        assert confidences[0] >= 0.85
        assert confidences[0] - ([*confidences[1:], 0])[0] >= 0.35
