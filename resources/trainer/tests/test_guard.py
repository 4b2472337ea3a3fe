"""Nothing leaves the machine."""

import subprocess
import sys

from pipeline_trainer.guard import scrub

PROBE = """
import socket, sys, threading
from pipeline_trainer.guard import deny_network
seen = []
guard = deny_network(seen.append)
def attempt(action):
    try:
        action()
    except PermissionError as error:
        print('denied', error)
    except OSError as error:
        print('passed', type(error).__name__)
tcp = lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM)
attempt(lambda: tcp().connect(('192.0.2.1', 443)))
attempt(lambda: tcp().connect_ex(('192.0.2.1', 443)))
attempt(lambda: socket.create_connection(('example.com', 80), timeout=1))
attempt(lambda: socket.gethostbyname('example.org'))
attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.2', 53)))
import _socket
attempt(lambda: _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM).connect(('192.0.2.3', 1)))
attempt(lambda: tcp().connect(('127.0.0.1', 1)))
attempt(lambda: socket.getaddrinfo('localhost', 80))
if hasattr(socket, 'AF_UNIX'):
    attempt(lambda: socket.socket(socket.AF_UNIX).connect('/nowhere.sock'))
import urllib.request
attempt(lambda: urllib.request.urlopen('http://example.com', timeout=1))
print(guard.denied, seen)
"""


def test_denies_counts_and_reports_every_way_out_and_lets_local_sockets_be() -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    *lines, summary = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["denied"] * 6 + ["passed"] * 2 + ["passed"]
    assert summary == ("7 ['192.0.2.1:443', 'example.com:80', 'example.org', '192.0.2.2:53', '192.0.2.3:1']")


def test_takes_keys_and_proxies_out_of_the_environment() -> None:
    environment = {"HF_TOKEN": "secret", "https_proxy": "http://proxy", "PATH": "/bin"}
    scrub(environment)
    assert set(environment) & {"HF_TOKEN", "https_proxy"} == set()
    assert (environment["PATH"], environment["HF_HUB_OFFLINE"]) == ("/bin", "1")
