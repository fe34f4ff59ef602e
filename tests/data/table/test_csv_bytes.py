import gzip
from pathlib import Path

import pytest

from lstmcast.data.table.csv_bytes import decode, find_paths, read_bytes, unpack
from lstmcast.errors import ConfigError, DataError, MissingError

TEXT = "time,load\n2024-01-01,1.5\n"
PATH = Path("load.csv")


def test_find_paths_sorts_a_glob_by_name_and_keeps_the_order_of_a_list(tmp_path):
    for name in ("b.csv", "a.csv", "c.csv"):
        (tmp_path / name).touch()

    found = find_paths((str(tmp_path / "c.csv"), str(tmp_path / "[ab].csv")))

    assert [path.name for path in found] == ["c.csv", "a.csv", "b.csv"]


def test_find_paths_takes_a_name_with_brackets_as_it_stands(tmp_path):
    (tmp_path / "load[1].csv").touch()

    assert [path.name for path in find_paths(str(tmp_path / "load[1].csv"))] == ["load[1].csv"]


def test_a_glob_that_matches_nothing_is_missing(tmp_path):
    with pytest.raises(MissingError, match=r"nothing-\*\.csv: no file matches"):
        find_paths(str(tmp_path / "nothing-*.csv"))


def test_a_file_that_is_not_there_or_is_a_folder_is_missing(tmp_path):
    with pytest.raises(MissingError, match="no such file"):
        read_bytes(tmp_path / "load.csv")
    with pytest.raises(MissingError, match="is a folder"):
        read_bytes(tmp_path)


def test_only_a_file_named_gz_is_unpacked():
    packed = gzip.compress(TEXT.encode())

    assert unpack(Path("load.csv.gz"), packed) == TEXT.encode()
    with pytest.raises(DataError, match=r"load\.csv: found gzip bytes, not a CSV text; name it \.csv\.gz"):
        unpack(PATH, packed)
    with pytest.raises(DataError, match=r"is named \.gz but does not hold gzip bytes"):
        unpack(Path("load.csv.gz"), TEXT.encode())
    with pytest.raises(DataError, match="damaged gzip"):
        unpack(Path("load.csv.gz"), packed[:-9])


@pytest.mark.parametrize(("start", "kind"), [(b"PK\x03\x04", "spreadsheet"), (b"PAR1", "parquet"), (b"%PDF", "PDF")])
def test_other_kinds_of_files_are_named(start, kind):
    with pytest.raises(DataError, match=f"found .*{kind}"):
        unpack(PATH, start + b"xxxx")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (b"<!DOCTYPE html>\n<title>Sign in</title>", "a web page"),
        (b"\xef\xbb\xbf\n <HTML lang=en>", "a web page"),
        (b'<table border="1">', "a web page"),
        (b'<?xml version="1.0"?>', "XML"),
        (b'{"error": "not found"}', "JSON"),
        (b'[\n  {"month": "1949-01", "passengers": 112}]', "JSON"),
        (b"[[1, 2], [3, 4]]", "JSON"),
    ],
)
def test_a_text_that_is_no_table_is_named(text, kind):
    for path, stored in ((PATH, text), (Path("load.csv.gz"), gzip.compress(text))):
        with pytest.raises(DataError, match=f"found {kind}, not a CSV text; look at what wrote or fetched it"):
            unpack(path, stored)


@pytest.mark.parametrize("header", [b"[time],[load]", b"{time},{load}", b"<time>,<load>", b"<TICKER>;<DATE>", b'["a"]'])
def test_columns_may_be_named_in_brackets(header):
    assert unpack(PATH, header) == header


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_auto_reads_utf_8_and_whatever_has_a_byte_order_mark(encoding):
    assert decode(PATH, "µ\n".encode(encoding), "auto")[0] == "µ\n".encode()


def test_latin_1_is_read_only_where_it_is_set():
    text = "größe\n".encode("cp1252")

    assert decode(PATH, text, "cp1252") == ("größe\n".encode(), "cp1252")
    with pytest.raises(DataError, match="line 1: found byte 0xF6, not UTF-8; it looks like Latin-1"):
        decode(PATH, text, "auto")


def test_a_set_utf_8_names_what_is_found_instead():
    with pytest.raises(DataError, match=r"not UTF-8, which data\.csv\.encoding says .found utf-8"):
        decode(PATH, "é\n".encode("latin-1"), "utf-8")
    with pytest.raises(DataError, match=r"found a UTF-16 byte order mark, data\.csv\.encoding is utf-8"):
        decode(PATH, TEXT.encode("utf-16"), "utf-8")
    with pytest.raises(DataError, match="holds zero bytes"):
        decode(PATH, TEXT.encode("utf-16-le"), "utf-8")


def test_zero_bytes_as_a_power_cut_leaves_them_are_named_by_their_line():
    with pytest.raises(DataError, match="line 3: holds zero bytes: damaged"):
        decode(PATH, b"time,load\n1,2\n2,\0\0\0\0", "auto")


@pytest.mark.parametrize("name", ["klingon", "hex", "rot13", "zip", "undefined", "utf\0"])
def test_an_unknown_encoding_is_a_fault_of_the_config(name):
    with pytest.raises(ConfigError, match=r"data\.csv\.encoding: unknown encoding"):
        decode(PATH, b"x", name)
