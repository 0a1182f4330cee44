"""What callers send to be taken for another host, or to lead somebody to one."""

HOSTILE_HOSTS = [
    {"host": "evil.example"},
    {"x-forwarded-host": "evil.example"},
    {"forwarded": "host=evil.example;proto=http"},
    {
        "host": "evil.example",
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "http",
        "x-original-host": "evil.example",
    },
    {"x-forwarded-for": "192.0.2.66", "x-forwarded-server": "evil.example"},
]
NOT_OURS = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%09/evil.example\t",
    "javascript:alert(1)",
    "http:evil.example",
    " //evil.example",
    "/transactions\r\nX: 1",
    "https:///evil.example",
    "transactions",
]
