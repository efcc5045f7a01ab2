"""A connection between JupyterLab and a kernel that holds no small message back.

A server holds a small message back until the one before has been acknowledged (Nagle's algorithm, RFC 896), and a
browser with nothing to send acknowledges late (RFC 1122, section 4.2.3.2), usually by 40 ms. The answer to a widget
is always such a second message, because the kernel first says that it is busy. ``make lab`` and ``make desk`` start
the server with this class. To start any other server with it, type::

    jupyter lab --ServerApp.kernel_websocket_connection_class=nblib.nodelay.NoDelayConnection

This isn't in :mod:`nblib.widgets` because a server doesn't need the libraries that draw.
"""

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class NoDelayConnection(ZMQChannelsWebsocketConnection):
    """A connection that sends every message at once."""

    def connect(self):
        """Connect, and switch off what would hold messages back."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
