import gzip
import os

import pytest

from lstmcast.data.table.packed import ALWAYS_ALLOWED, BLOCK, MOST_TIMES, unpack_bytes
from lstmcast.errors import DataError

TABLE = b"time,load\n" + b"".join(b"%d,%d\n" % (k, k * k) for k in range(20_000))


def zstd(text: bytes) -> bytes:
    zstandard = pytest.importorskip("zstandard")
    packed: bytes = zstandard.ZstdCompressor().compress(text)
    return packed


@pytest.mark.parametrize(("kind", "pack"), [("gzip", gzip.compress), ("zstandard", zstd)])
def test_what_was_packed_comes_back_and_two_that_follow_each_other_are_one(tmp_path, kind, pack):
    assert unpack_bytes(tmp_path, pack(TABLE), kind) == TABLE
    assert unpack_bytes(tmp_path, pack(TABLE) + pack(b"1,2\n"), kind) == TABLE + b"1,2\n"


@pytest.mark.parametrize(("kind", "pack"), [("gzip", gzip.compress), ("zstandard", zstd)])
def test_a_cut_or_damaged_file_is_refused(tmp_path, kind, pack):
    packed = pack(TABLE)

    for damaged in (packed[:-5], packed[:40] + bytes(40) + packed[80:]):
        with pytest.raises(DataError, match=f"damaged {kind}"):
            unpack_bytes(tmp_path, damaged, kind)


@pytest.mark.parametrize(("kind", "pack"), [("gzip", gzip.compress), ("zstandard", zstd)])
def test_a_bomb_is_refused_before_it_fills_the_memory(tmp_path, kind, pack):
    with pytest.raises(DataError, match=r"its first [0-9,]+ bytes unpack to more than 64 MB, which no table does"):
        unpack_bytes(tmp_path, pack(bytes(ALWAYS_ALLOWED + 1)), kind)


@pytest.mark.parametrize(("kind", "pack"), [("gzip", gzip.compress), ("zstandard", zstd)])
def test_a_large_bomb_is_refused_as_soon_as_a_small_one(tmp_path, kind, pack):
    large = pack(bytes(ALWAYS_ALLOWED + 2 * BLOCK)) + os.urandom(2 * ALWAYS_ALLOWED // MOST_TIMES)

    with pytest.raises(DataError, match="unpack to more than 64 MB"):
        unpack_bytes(tmp_path, large, kind)
