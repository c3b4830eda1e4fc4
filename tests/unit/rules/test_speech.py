"""Forbidden wording is found through its disguises, with where it stands and who forbids it."""

import re
from collections import Counter
from itertools import pairwise

import pytest

from arrears.rules.speech.hits import found_in, plain
from arrears.rules.speech.lexicon import KINDS, lexicon, lexicon_from
from arrears.rules.speech.pattern import LexiconUnreadable, expression, sounds_of
from arrears.rules.speech.reading import read
from tests.lib.speech import half_of, scores, sentences
from tests.lib.tree import ROOT

CITED = 'zh = "甲"\nen = "a"\nsource = "某法"\narticle = "一"\nforce = "LAW"\nverified = "memory"\n'
LISTS = 'told = ["客户说"]\npressed = ["不想"]\nwe_told = ["跟客户说"]\n'


def kinds(text):
    return {hit.kind: hit.certainty for hit in found_in(text)}


class TestReading:
    @pytest.mark.parametrize(
        "written",
        [
            "打断你的腿",
            "打 断 你 的 腿",
            "打\u200b断\u200b你\u200b的\u200b腿",
            "打*断-你…的·腿",
            "打。断。你。的。腿",
            "打斷你的腿",
            "打😀断你😀的腿",
            "打打打打断你的腿",
            "打\u0301断\u00ad你的\ufe0f腿",
        ],
    )
    def test_a_disguise_is_taken_off(self, written):
        assert read(written).text == "打断你的腿"

    def test_width_and_case_do_not_matter(self):
        assert read("ＰＡＹ  Now，don't").text == "pay now dont"

    @pytest.mark.parametrize(
        "written",
        [
            "kіll уоu",
            "κill yοu",
            "ᴋɪʟʟ ʏᴏᴜ",
            "kíll yöu",
            "ki\u200bll y\u00adou",
            "\U0001f15a\U0001f178\U0001f1f1l you",
            "k i l l  y o u",
            "k-i-l-l y-o-u",
            "k.i.l.l / y.o.u",
        ],
    )
    def test_other_letters_and_words_written_apart_are_read_as_they_look(self, written):
        assert read(written).text == "kill you"

    def test_letters_that_are_not_written_apart_stay_as_they_are(self):
        assert read("plan B or 5 8 0 0").text == "plan b or 5 8 0 0"
        assert read("tell y o u r boss").text == "tell your boss"
        assert read("我要k i l l你").text == "我要kill你"
        assert read("打 断 你 a b 的").text == "打断你a b的"

    def test_looks_leave_out_blanks_and_read_signs_as_letters(self):
        reading = read("K1ll y0ur b@ss, 2 times")
        assert reading.looks.text == "kiiiyourbass2times"
        assert reading.looks.span(0, 8) == (0, 9)
        assert reading.signed == (1, 6, 11)

    def test_latin_spelling_sounds_as_what_it_spells(self):
        assert sounds_of("da断ni的tui") == sounds_of("打断你的腿") == sounds_of("da duan ni de tui")
        assert sounds_of("xinguan") == sounds_of("新官")
        assert sounds_of("gongan") == sounds_of("公安")
        assert sounds_of("boss") == "boss"
        reading = read("把bao通讯录")
        assert reading.sounds.span(1, 3) == (1, 5)

    def test_a_sentence_ends_only_after_what_could_be_one(self):
        assert read("今天不来。明天再说").text == "今天不来\n明天再说"
        assert read("弄。死。你").text == "弄死你"

    def test_an_ornament_stands_for_nothing(self):
        assert read("\ufdfa" * 10).text == ""

    def test_every_character_knows_where_it_came_from(self):
        given = "再不還, 就 打…斷 你的腿!"
        reading = read(given)
        assert len(reading.text) == len(reading.where)
        assert [given[place] for place in reading.where] == list("再不還就打斷你的腿!")

    def test_tones_and_near_endings_sound_the_same(self):
        assert sounds_of("死") == sounds_of("四") == sounds_of("4")
        assert sounds_of("心") == sounds_of("性")
        assert sounds_of("打") != sounds_of("死")


class TestPattern:
    @pytest.mark.parametrize(
        ("pattern", "wrong"),
        [
            ("打*", "not written as texts are read"),
            ("~3打", "begins with a gap"),
            ("打~99断", "1 to 40"),
            ("打{nobody}", "not there"),
            ("(打", "does not close"),
            ("打)", "did not open"),
            ("(打)?", "finds nothing"),
            ("打?", "cannot stand"),
            ("打}", "cannot stand"),
        ],
    )
    def test_a_fault_is_named(self, pattern, wrong):
        with pytest.raises(LexiconUnreadable, match=re.escape(wrong)):
            expression([pattern], {})

    def test_a_gap_is_no_wider_than_it_says_and_stays_in_its_sentence(self):
        found = expression(["打~2腿"], {})
        assert found.search("打他的腿")
        assert not found.search("打他们的腿")
        assert not found.search("打\n腿")

    def test_a_latin_word_is_a_word_of_its_own(self):
        assert expression(["jail"], {}).search("to jail now")
        assert not expression(["jail"], {}).search("the jailer")

    def test_nothing_in_the_lexicon_repeats_without_bound(self):
        words = lexicon()
        every = [words.told, words.pressed, words.we_told]
        for phrase in words.phrases:
            every += [phrase.letters, phrase.sounds, phrase.without]
            every += [phrase.unless_before, phrase.unless_after]
        texts = [one.pattern for one in every if one is not None]
        assert len(texts) > 100
        assert [text for text in texts if re.search(r"(?<!\\)[*+]|\{\d*,\}", text)] == []


class TestLexicon:
    def test_every_kind_has_phrases_and_every_phrase_its_source(self):
        held = Counter(phrase.kind for phrase in lexicon().phrases)
        assert set(held) == set(KINDS)
        for phrase in lexicon().phrases:
            assert all((phrase.zh, phrase.en, phrase.source, phrase.article, phrase.force))

    @pytest.mark.parametrize(
        "text",
        [
            "zh = ",
            CITED.replace('source = "某法"\n', "") + '[[phrase]]\npatterns = ["打"]\n',
            CITED + "[[phrase]]\npatterns = []\n",
            CITED + '[[phrase]]\ncertainty = "perhaps"\npatterns = ["打"]\n',
        ],
        ids=["no TOML", "no source", "no patterns", "no certainty"],
    )
    def test_a_faulty_one_is_refused(self, text):
        with pytest.raises(LexiconUnreadable):
            lexicon_from({"lists": LISTS, "threat": text})

    def test_a_kind_that_nobody_knows_is_refused(self):
        with pytest.raises(LexiconUnreadable):
            lexicon_from({"lists": LISTS, "noise": CITED + '[[phrase]]\npatterns = ["打"]\n'})


class TestHits:
    def test_a_hit_says_where_it_stands_what_it_is_and_who_forbids_it(self):
        text = "您好。再不还,我就 打 斷 你的腿!"
        (hit,) = found_in(text)
        assert (hit.kind, hit.certainty) == ("threat", "plain")
        assert text[hit.start : hit.end] == hit.words == "打 斷 你的腿"
        assert hit.words in hit.text("zh")
        assert "催收工作指引" in hit.text("zh")
        assert hit.text("en").startswith("“打 斷 你的腿” is a threat of bodily harm")

    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("再拖就弄四你", "threat"),
            ("让你4全家", "threat"),
            ("拉进黑明单", "false_blacklist"),
            ("我是发院的", "impersonate"),
            ("做牢等着你", "exaggerate"),
        ],
    )
    def test_what_only_sounds_like_it_is_for_review(self, text, kind):
        assert kinds(text)[kind] == "review"
        assert plain(found_in(text)) == ()

    @pytest.mark.parametrize(
        ("text", "kind", "words"),
        [
            ("or we k1ll y0u now", "threat", "k1ll y0u"),
            ("we tell your b0ss", "privacy", "tell your b0ss"),
            ("we tell your f@mily", "privacy", "tell your f@mily"),
            ("I k i l l y o u now", "threat", "k i l l y o u"),
            ("再不还就da断你的腿", "threat", "da断你的腿"),
            ("明天去你家坐坐", "threat", "去你家坐坐"),
        ],
    )
    def test_what_only_looks_like_it_or_hints_at_it_is_for_review(self, text, kind, words):
        hit = next(hit for hit in found_in(text) if hit.words == words)
        assert (hit.kind, hit.certainty) == (kind, "review")

    @pytest.mark.parametrize(
        "text",
        [
            "skill y0ur team",
            "k1ll youth",
            "Your code is kill3 your",
            "b0ss@example.com",
            "周三经您同意去您家坐坐",
        ],
    )
    def test_a_part_of_a_word_looks_like_nothing(self, text):
        assert kinds(text).get("threat") is None

    @pytest.mark.parametrize("piece", ["ia", "n g", "a ", "@", "a@", "1l", "nan"])
    def test_the_spelling_of_hostile_words_takes_time_in_proportion(self, piece):
        assert found_in(piece * 20_000 + "x") == ()

    @pytest.mark.parametrize(
        ("said", "taken_back", "kind"),
        [
            ("我会告诉你单位你欠钱", "我行不会告诉您单位您欠钱", "privacy"),
            ("把你拉进黑名单", "我们不会把您拉进黑名单", "false_blacklist"),
            ("我是公安局的", "请勿相信自称我是公安局的来电", "impersonate"),
            ("付费征信修复", "付费征信修复都是骗局", "false_promise"),
            ("不想坐牢就还钱", "不会坐牢", "exaggerate"),
            ("先交手续费", "无需先交手续费", "extra_fee"),
            ("去网贷借一笔", "请勿去网贷借一笔", "new_borrowing"),
        ],
    )
    def test_what_is_taken_back_is_none(self, said, taken_back, kind):
        assert kinds(said)[kind] == "plain"
        assert kind not in kinds(taken_back)

    def test_what_the_borrower_said_is_for_review_and_what_we_said_is_not(self):
        assert kinds("客户说别人要打断他的腿") == {"threat": "review"}
        assert kinds("跟客户说要打断他的腿") == {"threat": "plain"}

    @pytest.mark.parametrize(
        "text",
        [
            "逾期信息可能依法报送征信系统。",
            "您可以依法起诉，也可以申诉。",
            "【某某银行】您的贷款已逾期5天，应还1,234.56元。如有困难请致电客服协商。",
            "Your loan is 5 days past due. Call us if you need a plan.",
            "",
        ],
    )
    def test_lawful_talk_has_none(self, text):
        assert found_in(text) == ()

    def test_of_one_kind_no_two_overlap_and_all_lie_in_the_text(self):
        text = "弄死你全家,打断你的腿,砸你的店,弄死你" * 50
        hits = [hit for hit in found_in(text) if hit.kind == "threat"]
        assert len(hits) > 100
        assert all(0 <= one.start < one.end <= len(text) for one in hits)
        assert all(a.end <= b.start for a, b in pairwise(hits))

    def test_words_far_apart_are_shown_in_part(self):
        (hit,) = found_in("打断" + " " * 1_000 + "你的腿")
        assert len(hit.words) == 41


class TestSentences:
    def test_there_are_enough_of_each_kind_and_the_hash_says_the_half(self):
        every = sentences()
        counts = Counter(kind for one in every for kind in one.kinds)
        assert len(every) == len({one.text for one in every}) >= 600
        assert set(counts) == set(KINDS)
        assert min(counts.values()) >= 40
        assert sum(not one.kinds for one in every) >= 200
        assert all(one.half == half_of(one.text) for one in every)

    def test_on_the_half_kept_aside_it_does_what_the_page_says(self):
        kept = scores(one for one in sentences() if one.half == "kept")
        assert kept["any"].precision >= 0.93
        assert kept["any"].recall >= 0.96
        assert kept["plain"].precision >= 0.97
        assert kept["plain"].recall >= 0.85  # a look, a sound or a hint is shown, not stopped
        assert min(kept[kind].recall for kind in KINDS) >= 0.85
        assert min(kept[kind].precision for kind in KINDS) >= 0.77

    @pytest.mark.parametrize("page", ["wording.md", "wording.zh-CN.md"])
    def test_the_page_tells_the_figures_as_they_are(self, page):
        text = (ROOT / "docs" / "reference" / page).read_text(encoding="utf-8")
        halves = [
            scores(one for one in sentences() if one.half == half) for half in ("tune", "kept")
        ]
        for kind in (*KINDS, "any", "plain"):
            tune, kept = (half[kind] for half in halves)
            figures = (tune.precision, tune.recall, kept.precision, kept.recall, kept.f1)
            told = " | ".join(f"{figure:.3f}" for figure in figures)
            assert re.search(rf"^\| `{kind}` \| [^|]+ \| {re.escape(told)} \|$", text, re.M)
