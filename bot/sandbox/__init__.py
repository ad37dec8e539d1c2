"""A whole 企业微信 on one machine: the demo, the tests and the benchmarks all talk to this server.

It knows the documented protocol and nothing of the bot: what a wrong bot does is refused with the documented errcode
and written down in ``Platform.violations``. Start with ``platform.py`` (the state, and what people do) and
``server.py`` (the socket).
"""
