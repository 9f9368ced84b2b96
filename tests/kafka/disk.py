"""A disk so small that a broker fills it: a tmpfs, which only root may mount."""

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

MB = 1 << 20
MOUNT, UMOUNT = which("mount") or "mount", which("umount") or "umount"
SMALL_MB, LARGE_MB = 200, 400


class SmallDisk:
    """It can be filled, and enlarged."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fill(self) -> None:
        """Leave no room."""
        with (self.path / "ballast").open("wb", buffering=0) as ballast:
            for size in (MB, 4096):
                try:
                    while True:
                        ballast.write(b"\0" * size)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def enlarge(self) -> None:
        """Make it larger; what is in it stays."""
        subprocess.run([MOUNT, "-o", f"remount,size={LARGE_MB}m", str(self.path)], check=True)


@contextmanager
def small_disk(path: Path) -> Iterator[SmallDisk]:
    """Mount one here, and unmount it at the end; whoever uses it must have ended by then.

    Raises:
        PermissionError: We may not mount; its text says what the system said.
    """
    path.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [MOUNT, "-t", "tmpfs", "-o", f"size={SMALL_MB}m", "tmpfs", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PermissionError(f"a tmpfs can't be mounted (user {os.getuid()}): {done.stderr.strip()}")
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run([UMOUNT, "--lazy", str(path)], check=True)
