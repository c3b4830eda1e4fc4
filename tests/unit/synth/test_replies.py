"""Made-up borrowers answer by their temper, the same way whenever they are asked again."""

from collections import Counter

import pytest

from arrears.synth.replies import (
    MANNERS,
    NOTES,
    Temper,
    chance_of,
    pays_after_message,
    reply,
    temper_of,
)

MANY = 2000


def answers(temper):
    return [reply(temper, chance_of("test", temper, n)) for n in range(MANY)]


def test_the_same_person_is_the_same_every_day():
    assert {temper_of("B1", seed=1) for _ in range(20)} == {temper_of("B1", seed=1)}
    drawn = Counter(temper_of(f"B{n}", seed=1) for n in range(MANY))
    assert {temper: round(100 * drawn[temper] / MANY) for temper in Temper} == pytest.approx(
        {temper: manner.share for temper, manner in MANNERS.items()}, abs=4
    )


def test_shares_are_a_whole():
    assert sum(manner.share for manner in MANNERS.values()) == 100


@pytest.mark.parametrize("temper", Temper)
def test_people_pick_up_and_say_what_their_temper_is(temper):
    said = Counter(answer.outcome for answer in answers(temper))
    manner = MANNERS[temper]
    assert 100 * (MANY - said["no_answer"]) / MANY == pytest.approx(manner.picks_up, abs=5)
    assert set(said) == {"no_answer", *manner.says}


@pytest.mark.parametrize("temper", Temper)
def test_only_who_promised_or_says_so_pays_and_never_after_the_day(temper):
    for answer in answers(temper):
        assert answer.note in NOTES[answer.outcome]
        if answer.outcome == "promised":
            assert 1 <= answer.promised_percent <= 100
            assert answer.pays_days <= answer.promised_days
            assert answer.pays_percent <= answer.promised_percent
        elif answer.outcome != "paid":
            assert answer.pays_days == -1


def test_the_willing_keep_more_promises_than_the_unwilling():
    def kept(temper):
        made = [a for a in answers(temper) if a.outcome == "promised"]
        return sum(a.pays_percent == a.promised_percent for a in made) / len(made)

    assert kept(Temper.WILLING) > kept(Temper.STRAINED) > kept(Temper.UNWILLING)


def test_a_message_moves_some():
    days = [pays_after_message(Temper.FORGETFUL, chance_of(n)) for n in range(MANY)]
    assert sum(day > 0 for day in days) / MANY == pytest.approx(0.20, abs=0.04)
    assert {day for day in days if day > 0} == {1, 2, 3, 4}
