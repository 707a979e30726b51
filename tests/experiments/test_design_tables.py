"""Designs from tables: what comes in comes out, and the first thing that is no number is named with its place."""

import contextlib
import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import UserError
from sim.experiments import design_tables
from sim.experiments.design_tables import from_table

FRAME = pd.DataFrame({"china.resolve": [0.1, 0.2, 0.3], "world.oil_price": [60, 70, 80]})


def write(folder, text, name="points.csv"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refuse(table):
    with pytest.raises(UserError) as caught:
        from_table(table)
    return str(caught.value)


class TestSources:
    def check(self, design):
        assert design.kind == "table"
        assert {name: column.tolist() for name, column in design.columns.items()} == FRAME.astype(float).to_dict("list")

    def test_a_frame_and_files_give_the_same_design(self, tmp_path):
        FRAME.to_csv(tmp_path / "points.csv", index=False)
        FRAME.to_parquet(tmp_path / "points.parquet")
        for table in (FRAME, tmp_path / "points.csv", str(tmp_path / "points.parquet")):
            self.check(from_table(table))

    def test_a_csv_may_come_from_a_spreadsheet(self, tmp_path):
        text = b'\xef\xbb\xbf"china.resolve", world.oil_price\r\n0.1,60\r\n\r\n0.2,70\r\n 0.3 ,"80"\r\n'
        self.check(from_table(write(tmp_path, text, "POINTS.CSV")))

    def test_an_index_and_other_kinds_of_numbers_do_not_matter(self):
        frame = FRAME.set_index(pd.Index([7, 7, 9])).astype({"world.oil_price": "Int64", "china.resolve": object})
        self.check(from_table(frame))

    @given(st.lists(st.tuples(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9)), min_size=1, max_size=5))
    def test_numbers_survive_a_csv_bit_for_bit(self, tmp_path_factory, rows):
        path = tmp_path_factory.mktemp("csv") / "points.csv"
        pd.DataFrame(rows, columns=["a", "b"]).to_csv(path, index=False)
        design = from_table(path)
        np.testing.assert_array_equal(np.stack([design.columns["a"], design.columns["b"]], axis=1), rows)


class TestCsvRefused:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "points.csv: is empty"),
            ("a,b\n", "points.csv: has no row"),
            ("a,b\n\n\n", "points.csv: has no row"),
            ("a,b\n1,2\n3,\n", "line 3, column b: is missing"),
            ("a,b\n1,2\n ,3\n", "line 3, column a: is missing"),
            ("a,b\n1,2\n\n3,x\n", "line 4, column b: is 'x', which is no finite number"),
            ("a,b\n1,high\n", "line 2, column b: is 'high', which is no finite number"),
            ('a,b\n1,"0,5"\n', "line 2, column b: is '0,5', which is no finite number"),
            ("a,b\n1,nan\n", "line 2, column b: is 'nan', which is no finite number"),
            ("a,b\n1,-inf\n", "line 2, column b: is '-inf'"),
            ("a,b\n1,1e999\n", "line 2, column b: is '1e999'"),
            ("a,b\n1\n", "line 2: has 1 fields, but there are 2 columns"),
            ("a,b\n1,2,3\n", "line 2: has 3 fields, but there are 2 columns"),
            ("a;b\n1;2\n", "line 2, column a;b: is '1;2', which is no finite number"),
            ("a,a\n1,2\n", "two columns are named 'a'"),
            (",a\n0,2\n", "column 1 has no name"),
            ('a\n"1\n', "line 2: is no CSV"),
            (b"a\n\xff\n", "points.csv: is not UTF-8"),
            (f"a\n{'x' * 500}\n", "xxx…, which is no finite number"),
        ],
    )
    def test_with_line_and_column(self, tmp_path, text, message):
        assert message in refuse(write(tmp_path, text))

    def test_lines_are_counted_as_an_editor_does(self, tmp_path):
        assert "line 4, column b" in refuse(write(tmp_path, 'a,b\n"\n1",2\n3,?\n'))

    @given(st.one_of(st.binary(max_size=60), st.text('ab,1.5-e\n\r" \0;n', max_size=60).map(str.encode)))
    def test_whatever_the_bytes_a_design_or_a_clear_refusal(self, tmp_path_factory, content):
        path = tmp_path_factory.mktemp("csv") / "points.csv"
        path.write_bytes(content)
        with contextlib.suppress(UserError):
            assert all(np.isfinite(column).all() for column in from_table(path).columns.values())


class TestFilesRefused:
    def test_what_is_not_there_or_no_file(self, tmp_path):
        assert "cannot be read: No such file" in refuse(tmp_path / "points.csv")
        assert "cannot be read: No such file" in refuse(str(tmp_path / "points.parquet"))
        (tmp_path / "folder.csv").mkdir()
        assert "is a folder" in refuse(tmp_path / "folder.csv")

    @pytest.mark.parametrize("kind", ["csv", "parquet"])
    def test_what_may_never_end_is_not_read(self, tmp_path, kind):
        (tmp_path / f"zero.{kind}").symlink_to("/dev/zero")
        os.mkfifo(tmp_path / f"pipe.{kind}")
        for name in ("zero", "pipe"):
            assert f"{name}.{kind}: is not an ordinary file" in refuse(tmp_path / f"{name}.{kind}")

    def test_a_line_that_would_fill_the_memory(self, tmp_path):
        with (tmp_path / "sparse.csv").open("wb") as file:
            file.truncate(10**10)
        assert "line 1 has more than 4,000,000 characters" in refuse(tmp_path / "sparse.csv")

    def test_more_numbers_than_a_design_has(self, tmp_path, monkeypatch):
        monkeypatch.setattr(design_tables, "MOST_NUMBERS", 5)
        assert "has more than 5 numbers" in refuse(write(tmp_path, "a,b\n1,2\n3,4\n5,6\n"))

    def test_very_many_columns_take_no_longer_each(self, tmp_path):
        names = [f"c{number}" for number in range(100_000)]
        assert "two columns are named 'c7'" in refuse(write(tmp_path, ",".join([*names, "c7"])))

    def test_other_kinds_of_file(self, tmp_path):
        assert "must be a .csv or .parquet file, not '.xlsx'" in refuse(tmp_path / "points.xlsx")
        assert "must be a .csv or .parquet file, not 'points'" in refuse(tmp_path / "points")

    def test_what_is_no_table(self):
        assert "must be a DataFrame, or the path of a .csv or .parquet file, not [1, 2]" in refuse([1, 2])

    def test_a_torn_parquet_file(self, tmp_path):
        assert "is no Parquet file" in refuse(write(tmp_path, b"PAR1 and no more", "points.parquet"))


class TestFramesRefused:
    @pytest.mark.parametrize(
        ("frame", "message"),
        [
            (pd.DataFrame(), "is empty"),
            (pd.DataFrame({"a": pd.Series(dtype=float)}), "has no point"),
            (FRAME.assign(a=[1.0, np.nan, 2.0]), "column a: row 1 is missing or NaN"),
            (FRAME.assign(a=[1.0, 2.0, np.inf]), "column a: row 2 is inf"),
            (FRAME.assign(a=["1", "2", "3"]), "column a: row 0 is '1', which is no number"),
            (FRAME.assign(a=[1, "x", 3]), "column a: row 1 is 'x', which is no number"),
            (FRAME.assign(a=[1, None, 3]).astype({"a": object}), "column a: row 1 is missing"),
            (FRAME.assign(a=pd.array([1, None, 3], dtype="Int64")), "column a: row 1 is missing"),
            (FRAME.assign(a=[True, False, True]), "column a: row 0 is True, which is no number"),
            (FRAME.assign(a=pd.date_range("2024", periods=3)), "which is no number"),
            (FRAME.rename(columns={"china.resolve": 3}), "column 1 has no name"),
            (FRAME.rename(columns={"china.resolve": "world.oil_price"}), "two columns are named 'world.oil_price'"),
        ],
    )
    def test_with_row_and_column(self, tmp_path, frame, message):
        assert message in refuse(frame)

    def test_in_a_parquet_file_too(self, tmp_path):
        FRAME.assign(a=["1", None, "3"]).to_parquet(tmp_path / "points.parquet")
        assert "points.parquet: column a: row 0 is '1'" in refuse(tmp_path / "points.parquet")
