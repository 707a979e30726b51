"""The command that makes a page to hand on."""

FEW = ("--number", "china.concern", "--runs", 2, "--months", 3)


def test_it_writes_one_file_and_says_which_numbers_it_holds(command, tmp_path):
    done = command("explore", "base", *FEW, "--out", "mine.html")
    assert done.out.startswith("Written to mine.html: 5 settings of 1 numbers")
    assert "China: displeasure over the tie (china.concern): 0.3 displeasure" in done.out
    assert [path.name for path in tmp_path.iterdir()] == ["mine.html"]


def test_what_is_wrong_ends_with_one_line_and_nothing_is_written_or_lost(command, tmp_path):
    (tmp_path / "page.html").write_text("mine", "utf-8")
    assert command("explore", *FEW, code=2).err == "error: page.html: exists already; give another name, nothing is overwritten\n"
    assert (tmp_path / "page.html").read_text("utf-8") == "mine"
    done = command("explore", "--number", "china.resolv", "--out", "other.html", code=2)
    assert done.err.count("\n") == 1
    assert "did you mean 'china.resolve'" in done.err
    assert command("explore", "nowhere", "--out", "other.html", code=2).err.count("\n") == 1
    assert "is a file, not a folder" in command("explore", *FEW, "--out", "page.html/page.html", code=2).err
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
