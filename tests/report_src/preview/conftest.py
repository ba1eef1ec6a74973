"""What is saved under a watch is saved when the watch shows that it is at work, however busy the machine is."""

from collections.abc import Callable, Iterable, Iterator

import pytest

from report_src.preview import changes, server

IDLE_MILLISECONDS = 20  # without a save, after which the watch yields nothing


@pytest.fixture(autouse=True)
def ends_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server ends without a wait, as each test has its own."""
    monkeypatch.setattr(server, "POLL_SECONDS", 0.005)


@pytest.fixture
def once_watched(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """Actions, of which the watch calls the next one whenever it has seen the last one and sees nothing more."""
    actions: list[Callable[[], object]] = []
    bursts = changes.bursts

    def with_actions(folders: Iterable) -> Iterator[set]:
        seen = True
        for burst in bursts(folders):
            yield burst
            seen = seen or bool(burst)
            if seen and actions and not burst:
                actions.pop(0)()
                seen = False

    monkeypatch.setattr(changes, "bursts", with_actions)
    monkeypatch.setattr(changes, "IDLE_MILLISECONDS", IDLE_MILLISECONDS)
    return actions
