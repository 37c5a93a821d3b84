"""MLLP frames from whatever bytes, in whatever pieces."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.hl7v2.mllp import BrokenFraming, Framer, framed

LARGEST = 10_000
bodies = st.binary(min_size=1, max_size=60).map(lambda noise: b"MSH|" + noise.translate(None, b"\x0b\x1c\x00"))
gaps = st.sampled_from([b"", b"\r", b"\n", b"\r\n", b"\x00", b"\x00\r\n\x00 "])


def fed(pieces: list[bytes], largest: int = LARGEST) -> list[bytes]:
    framer = Framer(largest)
    return [message for piece in pieces for message in framer.feed(piece)]


def in_pieces(stream: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    return [stream[start:end] for start, end in pairwise(places)]


class TestFramer:
    @given(st.lists(bodies, max_size=5), st.lists(st.integers(min_value=0), max_size=8))
    def test_finds_every_message_however_the_stream_is_cut(self, messages: list[bytes], cuts: list[int]) -> None:
        stream = b"".join(map(framed, messages))

        assert fed(in_pieces(stream, cuts)) == messages

    @given(st.lists(st.tuples(gaps, st.sampled_from([b"\x0b", b"\x0b\x0b", b"\x0b\x00"]), bodies, gaps), max_size=4))
    def test_takes_what_engines_send(self, frames: list[tuple[bytes, bytes, bytes, bytes]]) -> None:
        stream = b"".join(before + start + body + b"\x1c" + after for before, start, body, after in frames)

        assert fed([stream]) == [body for _, _, body, _ in frames]

    @given(st.lists(st.binary(max_size=80), max_size=6))
    def test_keeps_its_head_whatever_comes(self, pieces: list[bytes]) -> None:
        assert all(isinstance(message, bytes) and message for message in fed(pieces))

    def test_gives_two_messages_of_one_packet_in_order(self) -> None:
        assert fed([framed(b"MSH|1") + framed(b"MSH|2")]) == [b"MSH|1", b"MSH|2"]

    def test_starts_anew_with_a_sender_that_starts_anew(self) -> None:
        assert fed([b"\x0bMSH|cut off\rPID|", framed(b"MSH|whole\r")]) == [b"MSH|whole\r"]

    def test_leaves_a_vertical_tab_in_text_alone(self) -> None:
        assert fed([framed(b"MSH|1\rNTE|1||soft\x0bbreak\r")]) == [b"MSH|1\rNTE|1||soft\x0bbreak\r"]

    @pytest.mark.parametrize("pieces", [[framed(b"MSH|" + b"x" * LARGEST)], [b"\x0bMSH|", b"x" * LARGEST, b"x" * 9]])
    def test_stops_at_a_message_that_is_too_large(self, pieces: list[bytes]) -> None:
        with pytest.raises(BrokenFraming) as broken:
            fed(pieces)
        assert broken.value.so_far.startswith(b"MSH|")

    def test_takes_a_message_of_exactly_the_largest_size(self) -> None:
        assert fed([framed(b"x" * LARGEST)]) == [b"x" * LARGEST]

    def test_stops_at_what_is_no_mllp(self) -> None:
        with pytest.raises(BrokenFraming, match="VT"):
            fed([b"GET / HTTP/1.1\r\n" * 1000])

    def test_takes_a_little_noise_after_each_of_many_messages(self) -> None:
        assert len(fed([framed(b"MSH|1") + b"00123\r"] * 2000)) == 2000

    def test_does_not_grow_while_nothing_comes_of_it(self) -> None:
        framer = Framer(LARGEST)
        for _ in range(1000):
            assert list(framer.feed(b"\r\n\x00" * 1000)) == []
        assert not framer.is_within_a_frame
