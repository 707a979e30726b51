"""The command line on a disk that loses what was not brought to it: python power_loss.py MODEL EVENTS DISK ARGUMENTS...

Every file that is brought to the disk (fsync) is remembered with its content then, every folder with its names then. After so
many events (a file opened, renamed, removed or brought to the disk, a folder made) the power goes: what is on the disk is written
to DISK, and the process is killed. Two disks, between which real ones lie:

``names first``
    Names reach the disk at once, content only when it is brought there: what was not is empty.
``names last``
    Names, too, reach the disk only when their folder is brought there.
"""

import os
import signal
import sys
from pathlib import Path

EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir"}


class Disk:
    """What is on the disk of the working folder."""

    def __init__(self, root: Path, model: str, last: int, copy: Path) -> None:
        self.root, self.model, self.last, self.copy = root, model, last, copy
        self.content: dict[int, bytes] = {}
        self.names: dict[int, dict[str, int]] = {root.stat().st_ino: {}}
        self.folders = {root.stat().st_ino}
        self.pins: list[int] = []  # so that no number of a file is given again
        self.count = 0
        self.sync, os.fsync = os.fsync, self.fsync
        self.at_work = False
        sys.addaudithook(self.watch)

    def fsync(self, handle: int) -> None:
        """Bring a file or the names of a folder to the disk."""
        self.event()
        self.at_work = True
        place = Path(f"/proc/self/fd/{handle}").readlink()
        if place.is_relative_to(self.root):
            number = os.fstat(handle).st_ino
            self.pins.append(os.dup(handle))
            if place.is_dir():
                self.folders.add(number)
                self.names[number] = {each.name: each.lstat().st_ino for each in place.iterdir()}
                for each in place.iterdir():
                    if each.is_dir():
                        self.folders.add(each.lstat().st_ino)
                        self.pins.append(os.open(each, os.O_RDONLY))
            else:
                self.content[number] = Path(f"/proc/self/fd/{handle}").read_bytes()
        self.at_work = False

    def watch(self, event: str, arguments: tuple[object, ...]) -> None:
        """Count what happens in the folder."""
        if event in EVENTS and not self.at_work and isinstance(arguments[0], str | os.PathLike):
            place = Path.cwd() / os.fspath(arguments[0])
            writes = event != "open" or (isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR))
            if writes and place.is_relative_to(self.root):
                self.event()

    def event(self) -> None:
        """Go on, or lose the power."""
        self.count += 1
        if self.count == self.last:
            self.at_work = True
            self.write(self.root, self.root.stat().st_ino, self.copy)
            os.kill(os.getpid(), signal.SIGKILL)

    def write(self, folder: Path, number: int, copy: Path) -> None:
        """Write what is on the disk of a folder."""
        copy.mkdir()
        if self.model == "names first":
            for each in folder.iterdir():
                if each.is_dir():
                    self.write(each, 0, copy / each.name)
                else:
                    (copy / each.name).write_bytes(self.content.get(each.lstat().st_ino, b""))
            return
        for name, inner in self.names.get(number, {}).items():
            if inner in self.folders:
                self.write(folder, inner, copy / name)
            else:
                (copy / name).write_bytes(self.content.get(inner, b""))


if __name__ == "__main__":
    model, last, copy, *arguments = sys.argv[1:]
    sys.argv = ["run_sim.py", *arguments]
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from sim.cli.start import main

    disk = Disk(Path.cwd(), model, int(last), Path(copy))
    try:
        main()
    finally:
        print(f"events: {disk.count}", file=sys.stderr)
