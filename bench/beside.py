#!/usr/bin/env python3
"""beside: pendeen link and Splink on the same files, one after the other, and their ratio.

    bench/splink.sh [--seed S] [--only NAME,...] [--records N]

Splink's settings are those of its published examples (docs: "Deduplicate 50k rows",
"Febrl3 dedupe", "Febrl4 link-only"): the comparison of its library for each kind of
column, blocking on the columns that its examples block on, u by sampling, m by EM in two
or three sessions, two threads of DuckDB. For the sets of varied.py the same is written
down by hand for each column, which Pendeen guesses for itself. --records adds a synthetic
register of that size (`pendeen synth`).
"""
import argparse, os, subprocess, sys, tempfile, time, resource, csv, json, warnings, logging

import judge, varied
from accuracy import HERE, HEAD, all_sets, line, measures, run_pendeen, side_of

THREADS = 2
MEMORY_GB = 8  # of DuckDB, which else takes four fifths of the machine; what is more goes to disk
MOST_GB = 14   # of the whole process: it fails rather than have others killed

# kind of every column: name, date, date:FORMAT, postcode, email, exact (with term
# frequencies), edit (Damerau-Levenshtein), jw (Jaro-Winkler); blocking rules; EM sessions.
SETTINGS = {
    "febrl": dict(columns={"given_name": "name", "surname": "name", "date_of_birth": "date:%Y%m%d", "soc_sec_id": "edit",
                           "street_number": "exact", "postcode": "edit"},
                  block=["soc_sec_id", "given_name", "surname", "date_of_birth", "postcode"], train=["date_of_birth", "given_name,surname", "soc_sec_id"],
                  sure=["soc_sec_id", "given_name,surname,date_of_birth", "given_name,postcode,date_of_birth"]),
    "fake_1000": dict(columns={"first_name": "name", "surname": "name", "dob": "date", "city": "exact", "email": "email"},
                      block=["first_name", "surname", "dob", "email"], train=["first_name,surname", "dob"], sure=["email", "first_name,surname,dob"]),
    "german": dict(columns={"fname_c1": "name", "lname_c1": "name", "by": "exact", "bm": "exact", "bd": "exact"},
                   block=["fname_c1", "lname_c1", "by,bm,bd"], train=["fname_c1,lname_c1", "by,bm,bd"], sure=["fname_c1,lname_c1,by", "by,bm,bd,fname_c1"]),
    "census": dict(columns={"first_name": "name", "surname": "name", "dob": "date", "postcode_fake": "postcode", "birth_place": "exact", "occupation": "exact"},
                   block=["first_name,surname", "surname,dob", "first_name,dob", "postcode_fake,first_name", "postcode_fake,surname", "dob,birth_place"],
                   train=["first_name,surname", "dob"], sure=["first_name,surname,dob", "postcode_fake,surname,dob"]),
    "restaurants": dict(columns={"name": "jw", "addr": "jw", "city": "exact", "phone": "edit", "type": "exact"},
                        block=["name", "phone", "city"], train=["city", "name"], sure=["phone", "name,city"]),
    "citations": dict(columns={"author": "jw", "title": "jw", "venue": "jw", "year": "exact", "pages": "exact"},
                      block=["title", "author", "year", "pages"], train=["title", "author"], sure=["title,year", "author,title"]),
    "french": dict(columns={"nom": "name", "prenom": "name", "date_naissance": "date:%d/%m/%Y", "ville": "exact", "code_postal": "edit", "adresse": "jw", "telephone": "edit"},
                   block=["nom", "prenom,ville", "date_naissance", "code_postal", "telephone"], train=["nom,prenom", "date_naissance"], sure=["nom,prenom,date_naissance", "telephone"]),
    "full_names": dict(columns={"Full Name": "jw", "DOB": "date:%d/%m/%Y", "Town": "exact", "Contact number": "edit"},
                       block=["Full Name", "DOB", "Contact number"], train=["Full Name", "DOB"], sure=["Full Name,DOB", "Contact number"]),
    "companies": dict(columns={"organisation": "jw", "country": "exact"}, block=["organisation", "substr(organisation,1,6)"], train=["substr(organisation,1,6)"], sure=["organisation"]),
    "products": dict(columns={"title": "jw", "description": "jw", "manufacturer": "exact"}, block=["manufacturer", "substr(title,1,5)"], train=["manufacturer", "title"], sure=["title"]),
    "voters": dict(columns={"FirstName": "name", "LastName": "name", "BirthYear": "exact", "ResidenceAddress": "jw", "City": "exact", "ZIP": "edit"},
                   block=["FirstName,LastName", "ResidenceAddress", "LastName,BirthYear", "FirstName,BirthYear"], train=["FirstName,LastName", "ResidenceAddress"],
                   sure=["FirstName,LastName,BirthYear", "FirstName,ResidenceAddress"]),
    "register": dict(columns={"given_name": "name", "surname": "name", "date_of_birth": "date", "street": "jw", "town": "exact", "postcode": "postcode", "email": "email"},
                     block=["given_name,surname", "surname,date_of_birth", "given_name,date_of_birth", "postcode", "email"], train=["given_name,surname", "date_of_birth"],
                     sure=["email", "given_name,surname,date_of_birth"]),
}
for same in ("tiny", "unique", "twice"):
    SETTINGS[same] = SETTINGS["french"]


def settings_of(name):
    return SETTINGS.get(name) or (SETTINGS["febrl"] if name.startswith("febrl") else SETTINGS["register"])


def comparison(cl, column, kind):
    if kind == "name": return cl.NameComparison(column)
    if kind.startswith("date"):
        form = kind.partition(":")[2]
        return cl.DateOfBirthComparison(column, input_is_string=True, **({"datetime_format": form} if form else {}))
    if kind == "postcode": return cl.PostcodeComparison(column)
    if kind == "email": return cl.EmailComparison(column)
    if kind == "edit": return cl.DamerauLevenshteinAtThresholds(column, [1, 2])
    if kind == "jw": return cl.JaroWinklerAtThresholds(column, [0.9, 0.7])
    return cl.ExactMatch(column).configure(term_frequency_adjustments=True)


def splink_child(name, files, out):
    """In a process of its own, so that its memory can be measured."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_GB << 30, MOST_GB << 30))
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    import duckdb
    import pandas
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    start = time.perf_counter()
    s = settings_of(name)
    frames = [pandas.read_csv(f, dtype=str, skipinitialspace=True, keep_default_na=True) for f in files]
    for f in frames: f.columns = [c.strip() for c in f.columns]
    key = frames[0].columns[0]
    connection = duckdb.connect()
    connection.execute(f"set threads = {THREADS}")
    connection.execute(f"set memory_limit = '{MEMORY_GB}GB'")
    connection.execute(f"set temp_directory = '{out}/duckdb'")
    rule = lambda text: block_on(*[c if "(" in c else f'"{c}"' if " " in c else c for c in split_rule(text)])
    settings = SettingsCreator(link_type="dedupe_only" if len(files) == 1 else "link_only", unique_id_column_name=key,
                               comparisons=[comparison(cl, c, k) for c, k in s["columns"].items()],
                               blocking_rules_to_generate_predictions=[rule(r) for r in s["block"]])
    linker = Linker(frames if len(frames) > 1 else frames[0], settings, DuckDBAPI(connection=connection))
    linker.training.estimate_probability_two_random_records_match([rule(r) for r in s["sure"]], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for r in s["train"]:
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(rule(r))
        except Exception as problem:
            print(f"{name}: training on {r}: {str(problem)[:80]}", file=sys.stderr)
    predicted = linker.inference.predict(threshold_match_probability=0.01)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, 0.95)
    # Written by DuckDB itself: the whole table of pairs as a data frame takes many times the memory.
    connection.execute(f"""copy (select "{key}_l" as id_l, "{key}_r" as id_r, match_probability from {predicted.physical_name})
                           to '{out}/splink-pairs.csv' (header)""")
    connection.execute(f"""copy (select "{key}" as id, cluster_id from {clusters.physical_name}) to '{out}/splink-clusters.csv' (header)""")
    with open(os.path.join(out, "splink.json"), "w") as f:
        json.dump({"seconds": time.perf_counter() - start}, f)


def split_rule(text):
    return [text] if "(" in text else text.split(",")


def run_splink(name, files, folder):
    process = subprocess.Popen([sys.executable, __file__, "--child", name, folder, *files], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        print(f"{name}: Splink did not end well: {(said.strip().splitlines() or [f'signal {os.waitstatus_to_exitcode(status)}'])[-1] }", file=sys.stderr)
        return None
    with open(os.path.join(folder, "splink.json")) as f:
        seconds = json.load(f)["seconds"]
    return (seconds, usage.ru_maxrss / 1024, judge.read_pairs(os.path.join(folder, "splink-pairs.csv")), judge.read_clusters(os.path.join(folder, "splink-clusters.csv")))


def add_register(sets, program, folder, records, seed):
    out = os.path.join(folder, "register")
    subprocess.run([program, "synth", "--records", str(records), "--seed", seed, "-o", out], check=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    with open(os.path.join(out, "people-truth.csv")) as f:
        truth = {r["id"]: r["person"] for r in csv.DictReader(f)}
    sets["register"] = ([os.path.join(out, "people.csv")], truth)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--seed", default="1")
    p.add_argument("--only")
    p.add_argument("--records", type=int, default=0)
    p.add_argument("--program", default=os.path.join(HERE, "..", "build", "pendeen"))
    a = p.parse_args()
    ahead = behind = 0
    with tempfile.TemporaryDirectory() as folder:
        sets = all_sets(folder, a.seed, a.only)
        if a.records: add_register(sets, a.program, folder, a.records, a.seed)
        print(f"seed {a.seed}, Splink on {THREADS} threads of DuckDB, reading and training included\n{'':9}{HEAD}")
        for name, (files, truth) in sets.items():
            ours = measures(name, files, truth, *run_pendeen(a.program, files, folder)[:4])
            print(f"{'pendeen':9}{line(ours)}", flush=True)
            result = run_splink(name, files, folder)
            if not result: continue
            theirs = measures(name, files, truth, *result)
            print(f"{'splink':9}{line(theirs)}")
            print(f"{'ratio':9}{name:<12} {theirs['s'] / ours['s']:.0f}x as fast, {theirs['mb'] / ours['mb']:.1f}x less memory, F1 at 0.5 {ours['half'] - theirs['half']:+.4f}, "
                  f"best {ours['best'] - theirs['best']:+.4f}, B3 {ours['b3'] - theirs['b3']:+.4f}", flush=True)
            good = ours["half"] >= theirs["half"] - 1e-9 and ours["b3"] >= theirs["b3"] - 1e-9
            ahead, behind = ahead + good, behind + (not good)
    print(f"at or above Splink in F1 at 0.5 and in B3: {ahead} sets; below in one of them: {behind}")


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "--child":
        splink_child(sys.argv[2], sys.argv[4:], sys.argv[3])
    else:
        main()
