"""The tests' own safety: nothing leaves this machine, nothing is written into the user's folders."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError


@pytest.mark.filterwarnings("ignore:A test tried to use")
def test_another_machine_cannot_be_reached() -> None:
    with pytest.raises(SocketConnectBlockedError, match=r"192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_the_home_is_the_tests_own(tmp_path: Path) -> None:
    assert Path(os.environ["SIMULACRA_HOME"]).is_relative_to(tmp_path)
