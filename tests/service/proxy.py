"""A TCP proxy in front of one broker that can hold a request back and deliver it later.

The client whose request is held loses its connection, as by a fault of the network, and does what
it does then; the request itself reaches the broker when it is let go, on another connection.
"""

import socket
import struct
import threading

PRODUCE, END_TXN = 0, 26
HEAD = struct.Struct(">ihh")


def _exactly(connection, size):
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise ConnectionError("closed")
        data += part
    return data


def _shut_down(connection):
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # The other side was first.


class Proxy:
    def __init__(self, port):
        """In front of a broker on that port of 127.0.0.1."""
        self.broker = ("127.0.0.1", port)
        self.wants, self.held, self.lock = None, [], threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def hold(self, api, words=b""):
        """The next request of that kind that has these bytes in it."""
        with self.lock:
            self.wants = (api, words)

    def let_go(self):
        """Delivers what is held; how many requests that were."""
        with self.lock:
            held, self.held = self.held, []
        for frame in held:
            with socket.create_connection(self.broker) as connection:
                connection.sendall(frame)
                connection.settimeout(5)
                try:
                    _exactly(connection, struct.unpack(">i", _exactly(connection, 4))[0])
                except (TimeoutError, ConnectionError):
                    pass
        return len(held)

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            broker = socket.create_connection(self.broker)
        except OSError:
            client.close()
            return
        threading.Thread(target=self._copy, args=(broker, client), daemon=True).start()
        try:
            while True:
                head = _exactly(client, HEAD.size)
                size, api, _ = HEAD.unpack(head)
                frame = head + _exactly(client, size - (HEAD.size - 4))
                if self._is_wanted(api, frame):
                    break
                broker.sendall(frame)
        except OSError:
            pass
        for connection in (client, broker):
            _shut_down(connection)
            connection.close()

    def _is_wanted(self, api, frame):
        with self.lock:
            if not self.wants or api != self.wants[0] or self.wants[1] not in frame:
                return False
            self.wants = None
            self.held.append(frame)
            return True

    @staticmethod
    def _copy(broker, client):
        try:
            while data := broker.recv(65536):
                client.sendall(data)
        except OSError:
            pass
        for connection in (broker, client):
            _shut_down(connection)
