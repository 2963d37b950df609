"""Can it be measured whether somebody has an account? Signing in with a wrong password, by turns for people who are there and for people
who are not, and the middle time of both (trust.md A4)."""
import statistics
import time

import company
import harken

PEOPLE, TRIES = 125, 4  # a thousand in all; an account has four tries at once


def tried(server, email):
    begin = time.monotonic()
    reply = server.http("POST", "/v1/sign-in", {"email": email, "password": "not the right one"}, token=None)
    took = time.monotonic() - begin
    if reply.status != 401:
        raise RuntimeError(f"sign-in was answered {reply.status} {reply.body[:200]}")
    return took


def run():
    """(relative difference of the medians, tries of each kind)"""
    with harken.Server() as server:
        op, known, unknown = company.operator(server), [], []
        for i in range(PEOPLE):
            made = op.json("POST", "/v1/users", {"email": company.address(f"there{i}"), "roles": ["rep"]})
            url = op.json("POST", f"/v1/users/{made['id']}/link", {})["url"]
            company.Caller(server, "one", cookie=company.open_link(server, url)).json("PUT", "/v1/me/password", {"password": "Four-Random-Horses-77"})
        for turn in range(TRIES):
            for i in range(PEOPLE):
                known.append(tried(server, company.address(f"there{i}")))
                unknown.append(tried(server, company.address(f"gone{i}")))
        a, b = statistics.median(known), statistics.median(unknown)
        return abs(a - b) / min(a, b), len(known), a, b
