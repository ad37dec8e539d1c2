"""What is not run at all, with the reason; what a run skips for want of a program is listed by itself."""

NOT_RUN = {
    "1 SQLite with two processes": "a file database belongs to one process, by design; two share PostgreSQL or MySQL",
    "35 scripts in a browser, CSRF, click-jacking, guessing of passwords": (
        "the one page that shows what somebody entered (/run) escapes it under a policy without scripts and was "
        "not tried in a browser; there is no form and no log-in; markup in chat is run"
    ),
    "39 rules with nested quantifiers": "refused when the rules are read: tests/nlp/test_rules.py",
    "27 an empty step told by telephone": "the telephone gateway is the property's own; the sandbox stands in for it",
}
