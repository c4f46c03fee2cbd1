"""Holds an export of the directory of support to the published schemas of Open Referral.

Usage: open_referral.py EXPORT SCHEMA...
Prints what is wrong, with its place; ends with 1 when anything is, or when nothing was found.
"""
import json
import sys

import jsonschema


def problems(page, schema):
    """Every service against one schema, ids, dates and addresses included."""
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    for number, service in enumerate(page["contents"]):
        for error in validator.iter_errors(service):
            place = ".".join(str(part) for part in error.absolute_path)
            yield f"contents[{number}].{place}: {error.message}"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        page = json.load(file)
    contents = page["contents"]
    found = []
    if len(contents) != page["total_items"] or not contents:
        found.append("total_items does not say how many there are")
    if len({service["id"] for service in contents}) != len(contents):
        found.append("two services have one id")
    for name in sys.argv[2:]:
        with open(name, encoding="utf-8") as file:
            schema = json.load(file)
        jsonschema.Draft202012Validator.check_schema(schema)
        found += [f"{name}: {problem}" for problem in problems(page, schema)]
    print("\n".join(found))
    return 1 if found else 0


sys.exit(main())
