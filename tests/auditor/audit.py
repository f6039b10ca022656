#!/usr/bin/env python3
"""Audits a city's money from outside: reads what everybody can read over REST, and what the provider of payments says of
its own account, and computes everything anew. Shares no code with the program.

    audit.py BASE [MOVEMENTS.json]

BASE is the city's address; MOVEMENTS.json is a list of the provider's balance transactions (`amount`, `fee`, in cents).
Prints what was looked at, and each cent that differs; ends with 1 when one does.
"""

import hashlib
import json
import sys
import urllib.parse
import urllib.request
from collections import defaultdict

GROW_BY_DEBIT = {"total", "receivable", "provider_clearing", "provider_fees", "bank", "cash_desk", "dispute_hold"}
MAY_BE_BELOW_ZERO = {"provider_clearing", "provider_fees", "bank", "suspense"}
PROMISED = ("held", "reserved", "committed", "payable", "paid")
MILLION = 1_000_000

wrong = []


def say(what):
    wrong.append(what)
    print("WRONG", what)


def get(base, path, **query):
    address = f"{base}/api/v1{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
    with urllib.request.urlopen(address, timeout=30) as answer:
        return json.load(answer)


def every(base, path, **query):
    after = {}
    while True:
        page = get(base, path, limit=100, **query, **after)
        yield from page["items"]
        if "next" not in page:
            return
        after = {"after": page["next"]}


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def txns(entries):
    """Entries by their txn, in the order of the chain."""
    grouped = defaultdict(list)
    for entry in entries:
        grouped[entry["number"]].append(entry)
    return [sorted(grouped[number], key=lambda entry: entry["position"]) for number in sorted(grouped)]


def chain(all_txns):
    before = "0" * 64
    for number, entries in enumerate(all_txns, 1):
        first = entries[0]
        text = (
            f"arengo ledger 2\nnumber {number}\nbefore {before}\nid {first['txn_id']}\nkind {first['kind']}\n"
            f"reverses {first.get('reverses', 'nothing')}\nseal {first['seal']}\n"
        )
        for entry in entries:
            text += f"entry {entry['position']} {entry['debit']} {entry['credit']} {entry['amount_minor']} EUR\n"
        if first["number"] != number or sha256(text) != first["hash"]:
            say(f"txn {first['number']} does not have the hash of its content")
        before = first["hash"]


def balances(all_txns):
    """Adds everything up, and looks at each account after each txn."""
    found = defaultdict(int)
    for entries in all_txns:
        pots = set()
        for entry in entries:
            if entry["amount_minor"] <= 0:
                say(f"txn {entry['number']} moves {entry['amount_minor']} cents")
            for account, sign in ((entry["debit"], 1), (entry["credit"], -1)):
                name = account.rsplit(":", 1)[1]
                found[account] += entry["amount_minor"] * (sign if name in GROW_BY_DEBIT else -sign)
                if account.startswith("pot_"):
                    pots.add(account.split(":")[0])
        for entry in entries:
            for account in (entry["debit"], entry["credit"]):
                if found[account] < 0 and account.rsplit(":", 1)[1] not in MAY_BE_BELOW_ZERO:
                    say(f"{account} is at {found[account]} after txn {entry['number']}")
        for pot in pots:
            promised = sum(found[f"{pot}:{name}"] for name in PROMISED)
            if promised > found[f"{pot}:total"]:
                say(f"{pot} promises {promised} of {found[f'{pot}:total']} after txn {entries[0]['number']}")
    return found


def compare(what, published, computed):
    if published != computed:
        say(f"{what}: published {published}, computed {computed}, {published - computed} cents apart")


def grant(rule, cost, raised, towards):
    """What the city owes a campaign at its outcome under co-financing (money.md)."""
    target = -(-rule["threshold_ppm"] * cost // MILLION)
    reserved = min(rule["share_ppm"] * cost // MILLION, rule.get("cap_per_project_minor", cost))
    if towards < target:
        return 0
    if rule["overfunding"] == "reduces_grant":
        return min(reserved, max(0, cost - raised))
    return reserved


def campaigns(base, all_txns):
    granted, raised = defaultdict(int), defaultdict(int)
    for entries in all_txns:
        kinds = {entry["kind"] for entry in entries}
        for entry in entries:
            if entry["kind"] == "gifts_granted":
                raised[entry["debit"].split(":")[0]] += entry["amount_minor"]
            if kinds == {"match_granted"}:
                granted[entry["cause"].split("/")[0]] += entry["amount_minor"]
    looked = 0
    for card in every(base, "/campaigns"):
        campaign, gifts = card["id"], list(every(base, f"/campaigns/{card['id']}/donations"))
        compare(f"gifts of {campaign}", card["raised_minor"], sum(gift["amount_minor"] for gift in gifts))
        if "call_id" not in card or campaign not in raised:
            continue
        rule = get(base, f"/calls/{card['call_id']}")["rule"]
        if rule["kind"] == "co_financing":
            # Of a funded campaign everything that was raised counted, and no less than its target.
            due = grant(rule, card["cost_minor"], raised[campaign], raised[campaign])
            compare(f"grant of {campaign}", granted[campaign], due)
            looked += 1
    return looked


def main():
    base = sys.argv[1].rstrip("/")
    entries = list(every(base, "/ledger/entries"))
    all_txns = txns(entries)
    chain(all_txns)
    found = balances(all_txns)
    for pot in every(base, "/ledger/balances"):
        for name in ("total", "available", *PROMISED):
            compare(f"{pot['pot_id']}:{name}", pot[f"{name}_minor"], found[f"{pot['pot_id']}:{name}"])
    for card in every(base, "/ledger/balances/campaigns"):
        for name in ("donor_funds", "payable", "receivable"):
            compare(f"{card['campaign_id']}:{name}", card[f"{name}_minor"], found[f"{card['campaign_id']}:{name}"])
    looked = campaigns(base, all_txns)
    if len(sys.argv) > 2:
        with open(sys.argv[2], encoding="utf-8") as file:
            moved = sum(one["amount"] - one["fee"] for one in json.load(file))
        compare("the provider's account", moved, found["custodian:provider_clearing"])
    print(f"{len(all_txns)} txns, {len(entries)} entries, {len(found)} accounts, {looked} grants: {len(wrong)} wrong")
    sys.exit(1 if wrong else 0)


main()
