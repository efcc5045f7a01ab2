"""The connection with which `make lab` starts the server: it switches off what holds small messages back."""

import asyncio
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import tornado.iostream
import tornado.web
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.websocket import WebSocketHandler, websocket_connect

from nblib.nodelay import NoDelayConnection
from tests.conftest import ROOT

NAME = f"{NoDelayConnection.__module__}.{NoDelayConnection.__qualname__}"


def delays(connection_class, monkeypatch):
    """Return whether the server's end of a websocket holds small messages back."""
    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "connect", lambda self: None)
    found = []

    class Handler(WebSocketHandler):
        def open(self):
            # What the connection knows of kernels is not needed here.
            visited = type("Visited", (connection_class,), {"websocket_handler": self})
            visited.connect(visited.__new__(visited))
            end = self.ws_connection.stream.socket
            found.append(not end.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    async def visit():
        listening, port = bind_unused_port()
        server = HTTPServer(tornado.web.Application([("/", Handler)]))
        server.add_socket(listening)
        client = await websocket_connect(f"ws://127.0.0.1:{port}/")
        client.close()
        server.stop()
        await server.close_all_connections()

    # The thread of the tests may have a loop already, the browser's.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, visit()).result()
    return found


def test_small_messages_are_sent_at_once(monkeypatch):
    assert delays(NoDelayConnection, monkeypatch) == [False]
    assert delays(ZMQChannelsWebsocketConnection, monkeypatch) == [True]


def test_make_lab_starts_the_server_with_it():
    assert f"--ServerApp.kernel_websocket_connection_class={NAME}\n" in (ROOT / "Makefile").read_text()


def test_a_server_that_uses_it_loads_none_of_the_libraries_that_draw():
    code = "import sys, nblib.nodelay; print(*sys.modules)"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"matplotlib", "ipywidgets"} & set(output.split())
