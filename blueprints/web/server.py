"""Waitress with bounds of its own: nobody holds a place, or the disk, by sending slowly.

Waitress reads a request whole before a thread sees it, and counts idleness from the last byte. So
one byte now and then holds a connection for ever, and unfinished bodies gather unbounded. Here a
whole request has a time, all bodies together have a size, and whoever waits longest without
having sent a request makes room where there is none. docs/decisions/0015-the-server.md has the reasons.
"""

import logging
import select
import socket
import time
from collections.abc import Callable, Iterator, Set
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import MultiSocketServer, TcpWSGIServer
from waitress.task import ErrorTask
from waitress.utilities import Error

from blueprints.web.lanes import Lanes

SENTENCES = {
    400: "这个请求没有看懂。请返回上一页，刷新后再试一次。",
    408: "网络太慢，内容没有在限定时间内传完。请换一个网络，或把附件压缩后再提交。",
    413: "提交的内容太大。单个文件请控制在 10 MB 以内，压缩后再上传。",
    431: "浏览器发送的请求头太长。请清除本站的 Cookie 后再试一次。",
    500: "系统出错了，刚才的操作没有生效。请返回上一页重试；仍然出错时请联系系统管理员。",
    503: "此刻上传的人太多，刚才的内容没有收下。请过一分钟再提交一次。",
}
# Connections that are let in at once.
AT_A_TIME = 64
REASONS = {408: "Request Timeout", 503: "Service Unavailable"}


@dataclass(frozen=True)
class Bounds:
    """What one server takes from all who send to it.

    `largest`: the bytes of a body that are kept; of a larger one none. `in_flight`: the bytes of
    all bodies that no answer has been given to. `head`: seconds until the head of a request is
    here. `body`: seconds for the rest, and one more for every `rate` bytes that have come.
    `young`: the seconds within which a body is not called slow. `places`: connections at once.
    """

    largest: int
    in_flight: int = 512 * 1024 * 1024
    head: int = 20
    body: int = 60
    rate: int = 32 * 1024
    young: int = 10
    places: int = 2_000


class Refusal(Error):
    """An answer of the server itself."""

    def __init__(self, code: int) -> None:
        super().__init__("")
        self.code, self.reason = code, REASONS[code]


class _Nowhere:
    """A body that is counted and not kept."""

    def __init__(self, length: int) -> None:
        self.length = length

    def __len__(self) -> int:
        return self.length

    def append(self, data: bytes) -> None:
        self.length += len(data)

    def getfile(self) -> BytesIO:
        return BytesIO()

    def close(self) -> None:
        """Nothing is open."""


class Request(HTTPRequestParser):
    """A request on its way in: since when, and how much of it is kept."""

    def __init__(self, adj: Adjustments, bounds: Bounds, began: float) -> None:
        super().__init__(adj)
        self.bounds, self.began = bounds, began
        self.kept = True
        self.error: Error | None = None
        self.refusal: Refusal | None = None

    def received(self, data: bytes) -> int:
        taken = super().received(data)
        # The application answers it with its own page; what it will not read is not kept.
        if max(self.content_length, self.body_bytes_received) > self.bounds.largest:
            self.throw_away()
        if self.completed and self.refusal and not self.error:
            self.error = self.refusal
        return taken

    @property
    def held(self) -> int:
        """The bytes of its body that are in memory or on the disk."""
        return self.body_bytes_received if self.kept else 0

    @property
    def is_body(self) -> bool:
        return self.headers_finished and not self.completed

    def is_late(self, now: float) -> bool:
        """Whether it has had the time that a whole request may take."""
        bounds = self.bounds
        allowed = bounds.body + self.body_bytes_received / bounds.rate if self.is_body else bounds.head
        return now - self.began > allowed

    def pace(self, now: float) -> float:
        """The bytes of its body that came in a second, from its beginning until now."""
        return self.body_bytes_received / max(now - self.began, 1)

    def throw_away(self, refusal: Refusal | None = None) -> None:
        """Keep nothing of the body, neither what came nor what comes.

        It is read to its end all the same: a connection that is closed on somebody who is still
        sending shows no answer, only that it was closed.
        """
        self.refusal = refusal or self.refusal
        if self.kept and self.body_rcv is not None:
            self.kept, stored = False, self.body_rcv.buf
            self.body_rcv.buf = _Nowhere(len(stored))
            stored.close()


class SentenceTask(ErrorTask):
    """What the server answers without the application, in a plain Chinese sentence."""

    def execute(self) -> None:
        error = self.request.error
        sentence = SENTENCES.get(error.code, SENTENCES[400]).encode()
        self.status = f"{error.code} {error.reason}"
        self.content_length = len(sentence)
        self.response_headers += [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        ]
        self.set_close_on_finish()
        self.write(sentence)


class Connection(HTTPChannel):
    """One connection, which knows what it holds of whom and since when it has been waited for."""

    error_task_class = SentenceTask
    request: Request | None
    latest: Request | None = None
    counted = 0

    def parser_class(self, adj: Adjustments) -> Request:
        """The next request. Blank lines before it are part of it, however slowly they come."""
        began = self.latest.began if self.latest and self.latest.empty else time.time()
        self.latest = Request(adj, self.server.bounds, began)
        return self.latest

    def received(self, data: bytes) -> bool:
        taken = super().received(data)
        self.count()
        if self.server.bodies.held > self.server.bounds.in_flight:
            self.server.drop_bodies(time.time())
        return taken

    def service(self) -> None:
        super().service()
        self.count()

    def del_channel(self, *of: dict) -> None:
        super().del_channel(*of)
        with self.server.bodies.lock:
            self.server.bodies.held -= self.counted
            self.counted = 0

    def count(self) -> None:
        """Tell the server how many bytes of bodies this connection holds."""
        with self.server.bodies.lock:
            # What is left of a connection that broke off is never answered.
            requests = [*self.requests, self.request] if self.connected else []
            held = sum(request.held for request in requests if request)
            self.server.bodies.held += held - self.counted
            self.counted = held

    @property
    def is_sending_body(self) -> bool:
        return self.request is not None and self.request.is_body

    @property
    def waiting_since(self) -> float:
        """When the request began that is not here yet; where none has, when there was last any."""
        begun = self.request or (self.latest if self.latest and self.latest.empty else None)
        return begun.began if begun else self.last_activity

    def is_late(self, now: float) -> bool:
        """Whether the request on its way has had its time, or nothing came of it for too long."""
        begun = self.request or (self.latest if self.latest and self.latest.empty else None)
        if self.requests or begun is None:
            return False
        return begun.is_late(now) or now - self.last_activity > self.adj.channel_timeout

    def end(self) -> None:
        """Say that it took too long, and close."""
        with self.requests_lock:
            request, self.request = self.request, None
        if request is None:
            self.will_close = True
            return
        request.close()
        request.error = Refusal(408)
        # No thread is needed for it: nobody who came with a request waits behind these.
        with suppress(ClientDisconnected):
            SentenceTask(self, request).service()
        self.close_when_flushed = True
        self.count()

    def break_off(self) -> None:
        """End what should have closed by itself and is not read from at the other end."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)


class Bodies:
    """How many bytes of bodies are held on behalf of all."""

    def __init__(self) -> None:
        self.held, self.lock = 0, Lock()


class Server(TcpWSGIServer):
    """One address that is listened at, with its bounds."""

    channel_class = Connection

    def __init__(self, app: Callable, bounds: Bounds, bodies: Bodies, **parts: Any) -> None:
        self.bounds, self.bodies = bounds, bodies
        super().__init__(app, **parts)

    def maintenance(self, now: float) -> None:
        """End what is late, and what was told to close and did not; then what is idle."""
        for connection in list(self.active_channels.values()):
            if connection.will_close:
                connection.break_off()
            elif connection.is_late(now):
                connection.end()
        super().maintenance(now)

    def handle_accept(self) -> None:
        # A round looks at every connection there is: of those who wait outside it lets in many.
        for _ in range(AT_A_TIME):
            if len(self._map) >= self.bounds.places:
                self._free_a_place()
            before = len(self._map)
            super().handle_accept()
            if len(self._map) == before:
                break

    def _free_a_place(self) -> None:
        """Close whom has been waited for longest; a body that comes in only when there is no other."""
        waiting = [
            connection
            for connection in self.active_channels.values()
            if not connection.requests and not connection.will_close
        ]
        if waiting:
            first = min(waiting, key=lambda each: (each.is_sending_body, each.waiting_since))
            # The loop closes it; closed here, its number could be the next one's in the same round.
            first.will_close = True

    def drop_bodies(self, now: float) -> None:
        """Throw away bodies on their way in until all that are held are within the bound.

        The slowest goes first; while none has had time to be slow, the newest.
        """
        sending = [
            connection
            for connection in self.active_channels.values()
            if connection.is_sending_body and connection.request.held
        ]
        young = now - self.bounds.young
        sending.sort(key=lambda each: _first_to_go(each.request, young, now), reverse=True)
        while sending and self.bodies.held > self.bounds.in_flight:
            connection = sending.pop()
            connection.request.throw_away(Refusal(503))
            connection.count()


def _first_to_go(request: Request, young: float, now: float) -> tuple[bool, float]:
    if request.began > young:
        return True, -request.began
    return False, request.pace(now)


def bounds_here(largest: int, processes: int = 1) -> Bounds:
    """The bounds that this machine can keep in each process, with as many open files as it lets us have.

    A connection needs up to three: itself, a body on its way in, an answer on its way out.
    """
    places, in_flight = Bounds.places, Bounds.in_flight // processes
    if not hasattr(select, "poll"):
        # Windows: select() takes 512 sockets.
        return Bounds(largest, in_flight, places=400)
    import resource

    needed, spare = 3 * places + 256, 256
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unbounded = resource.RLIM_INFINITY
    if soft != unbounded and soft < needed:
        soft = needed if hard == unbounded else min(needed, hard)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if soft != unbounded:
        places = min(places, (soft - spare) // 3)
    return Bounds(largest, in_flight, places=places)


def _places(adj: Adjustments) -> Iterator[dict]:
    """Where to listen: at sockets that do so already, or at each address."""
    for listening in adj.sockets:
        address = (listening.family, listening.type, listening.proto, listening.getsockname())
        yield {"sockinfo": address, "_sock": listening, "bind_socket": False}
    if not adj.sockets:
        yield from ({"sockinfo": address} for address in adj.listen)


def create_server(
    app: Callable, bounds: Bounds, apart: Set[str] = frozenset(), **settings: Any
) -> Server | MultiSocketServer:
    """A server that listens and waits for `run`.

    In: a WSGI application, the bounds, the paths whose POST queues apart (`lanes`), and waitress's
    settings (`host`, `port`, `threads`, …; `sockets` in place of the first two, where they listen already).
    Raises OSError where the address is taken or not ours.
    """
    settings = {
        # select() ends the process when a descriptor is above 1023.
        "asyncore_use_poll": hasattr(select, "poll"),
        # Beyond its places the server frees one for whoever comes; these are for the moment between.
        "connection_limit": bounds.places + 2 * AT_A_TIME,
        "channel_timeout": 30,
        "cleanup_interval": 2,
        "recv_bytes": 64 * 1024,
        # Of what is sent slowly little is in memory.
        "inbuf_overflow": 64 * 1024,
        "max_request_header_size": 64 * 1024,
        # Up to here it is read, and answered by the application; beyond, the connection is closed.
        "max_request_body_size": 4 * bounds.largest,
        **settings,
    }
    adj, bodies = Adjustments(**settings), Bodies()
    listening: dict = {}
    dispatcher = Lanes(apart)
    dispatcher.set_thread_count(adj.threads)
    parts = {"map": listening, "dispatcher": dispatcher, "adj": adj}
    servers = [Server(app, bounds, bodies, **place, **parts) for place in _places(adj)]
    if len(servers) == 1:
        return servers[0]
    addresses = [(server.effective_host, server.effective_port) for server in servers]
    return MultiSocketServer(listening, adj, addresses, dispatcher, servers[0].log_info)


def serve(app: Callable, bounds: Bounds, listening: Callable[[int], None], **settings: Any) -> None:
    """Serve until interrupted; `listening` is called with the port once there is somebody at it."""
    logging.basicConfig()
    server = create_server(app, bounds, **settings)
    listening(server.effective_port if isinstance(server, Server) else server.effective_listen[0][1])
    server.run()
