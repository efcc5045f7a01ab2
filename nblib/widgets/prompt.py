"""JupyterLab's connection to a kernel, in which no small answer waits for 40 ms.

A server holds a small message back until the one before has been acknowledged (Nagle's algorithm, RFC 896), and a
browser with nothing to send acknowledges late (RFC 1122, section 4.2.3.2).  The answer to a widget is always such a
second message, because the kernel first says that it is busy.  ``make lab`` and ``make desk`` start the server with
this class; any other server does too with::

    jupyter lab --ServerApp.kernel_websocket_connection_class=nblib.widgets.prompt.PromptConnection
"""

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """A connection that sends every message at once."""

    def connect(self):
        """Connect, and switch off what would hold messages back."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
