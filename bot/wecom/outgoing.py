"""Where calls may go: to the hosts that the configuration names, and to addresses of the public net."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.settings import Settings

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Forbidden(OSError):
    """The call would go where no call may go; nothing has been sent."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """``hosts``: the only ones that may be called (None: any); ``private``: those of them whose name may lead to an
    address that is not of the public net. A host written as a loopback address, or localhost, may be called as such."""

    hosts: frozenset[str] | None = None
    private: frozenset[str] = frozenset()

    def check_host(self, host: str) -> None:
        """Raises Forbidden for a host that the configuration does not name."""
        if self.hosts is not None and host.casefold() not in self.hosts:
            raise Forbidden("the host is not one of the configuration")

    def check_address(self, host: str, address: str) -> None:
        """Raises Forbidden where ``host`` leads into a private net, to this machine or to the machine's keeper.

        Asked with the very address that is about to be connected to, so that a name that changes gets nowhere.
        """
        if host.casefold() in self.private or is_public(address) or _names_loopback(host, address):
            return
        raise Forbidden("a private address; a host of the own net has to stand in [server] private_hosts")


def is_public(address: str) -> bool:
    """True for an address that anybody on the net could have; what is wrapped in IPv6 counts as what it is."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


def outgoing_of(settings: Settings) -> Outgoing:
    """What the configuration names."""
    duty = settings.duty
    urls = (settings.wecom.api_base_url, duty.robot_webhook, duty.escalation_webhook, settings.watch.heartbeat_url)
    hosts = {host.casefold() for url in urls if (host := urlsplit(url).hostname)}
    return Outgoing(frozenset(hosts), frozenset(name.casefold() for name in settings.server.private_hosts))


def _names_loopback(host: str, address: str) -> bool:
    if not ipaddress.ip_address(address.partition("%")[0]).is_loopback:
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost" or host.casefold().endswith(".localhost")
