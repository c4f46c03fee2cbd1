#!/usr/bin/env python3
"""accuracy: `pendeen link` on every table whose truth is known, no model given.

    bench/accuracy.py [--seed S] [--only NAME] [--program build/pendeen]

Public sets are looked for in $PENDEEN_DATA or ../shared/data and said to be skipped where
they are not; those of bench/varied.py are made here. Prints a line for each: seconds and
megabytes from file to file, F1 at 0.5 and at its best threshold, calibration error, and
B-cubed F1 of the clusters at 0.95 with the largest beside the true largest.
"""
import argparse, csv, os, re, subprocess, sys, tempfile, time

import judge, varied

HERE = os.path.dirname(os.path.abspath(__file__))


def data_folder():
    return os.environ.get("PENDEEN_DATA", os.path.join(HERE, "..", "..", "shared", "data"))


def public_sets(folder, say_skipped=True):
    """name -> (files, truth, id column), read from where the public sets lie."""
    sets = {}
    febrl = os.path.join(folder, "febrl")
    for name, files in [("febrl1", ["dataset1"]), ("febrl2", ["dataset2"]), ("febrl3", ["dataset3"]), ("febrl4", ["dataset4a", "dataset4b"])]:
        paths = [os.path.join(febrl, f + ".csv") for f in files]
        if not all(map(os.path.exists, paths)):
            if say_skipped: print(f"{name}: SKIPPED, not in {febrl} (set PENDEEN_DATA)", file=sys.stderr)
            continue
        truth = {}
        for p in paths:
            with open(p) as f:
                for row in csv.reader(f, skipinitialspace=True):
                    found = re.match(r"rec-(\d+)-", row[0])
                    if found: truth[row[0]] = found[1]
        sets[name] = (paths, truth)
    path = os.path.join(folder, "fake_1000", "fake_1000.csv")
    if os.path.exists(path):
        with open(path) as f:
            sets["fake_1000"] = ([path], {r["unique_id"]: r["cluster"] for r in csv.DictReader(f)})
    elif say_skipped:
        print(f"fake_1000: SKIPPED, not in {folder} (set PENDEEN_DATA)", file=sys.stderr)
    return sets


def side_of(name, files):
    if len(files) == 1: return None
    return (lambda i: i.split("-")[2]) if name == "febrl4" else (lambda i: i[0])


def run_pendeen(program, files, folder, options=()):
    """Seconds, megabytes, pairs, clusters, what it said, processor seconds. The memory is read while it runs:
    what wait4 tells of a child holds the memory of whoever started it."""
    pairs, clusters, said = (os.path.join(folder, n) for n in ("pairs.csv", "clusters.csv", "said.txt"))
    most, status, usage = 0, None, None
    with open(said, "w") as log:
        start = time.perf_counter()
        process = subprocess.Popen([program, "link", *files, "-o", pairs, "--clusters", clusters, *options], stderr=log)
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid: break
            try:
                with open(f"/proc/{process.pid}/status") as f:
                    most = max([most] + [int(l.split()[1]) for l in f if l.startswith("VmHWM")])
            except OSError:
                pass
            time.sleep(0.002)
        seconds = time.perf_counter() - start
    process.returncode = status
    with open(said) as f: text = f.read()
    if status:
        sys.exit(f"pendeen link {files}: {text}")
    return seconds, most / 1024, judge.read_pairs(pairs), judge.read_clusters(clusters), text, usage.ru_utime + usage.ru_stime


def measures(name, files, truth, seconds, megabytes, pairs, clusters):
    wanted = judge.true_pairs(truth, side_of(name, files))
    return {"name": name, "s": seconds, "mb": megabytes, **judge.judge_pairs(pairs, truth, wanted), **judge.judge_clusters(clusters, truth)}


HEAD = f"{'set':<12} {'s':>6} {'MB':>5} {'F1@.5':>7} {'best':>7} {'at':>5} {'recall':>7} {'ECE':>6} {'B3':>7} {'B3 p':>6} {'B3 r':>6} {'largest':>9}"


def line(m):
    return (f"{m['name']:<12} {m['s']:6.2f} {m['mb']:5.0f} {m['half']:7.4f} {m['best']:7.4f} {m['at']:5.2f} {m['recall']:7.4f} {m['ece']:6.3f} "
            f"{m['b3']:7.4f} {m['b3p']:6.3f} {m['b3r']:6.3f} {m['largest']:4d}/{m['truly']}")


def all_sets(folder, seed, only=None):
    sets = public_sets(data_folder())
    sets.update(varied.make(folder, seed))
    return {n: s for n, s in sets.items() if not only or n in only.split(",")}


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--seed", default="1")
    p.add_argument("--only")
    p.add_argument("--program", default=os.path.join(HERE, "..", "build", "pendeen"))
    p.add_argument("--verbose", action="store_true")
    a = p.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(f"seed {a.seed}\n{HEAD}")
        for name, (files, truth) in all_sets(folder, a.seed, a.only).items():
            seconds, megabytes, pairs, clusters, said, _ = run_pendeen(a.program, files, folder)
            if a.verbose: print(said)
            print(line(measures(name, files, truth, seconds, megabytes, pairs, clusters)), flush=True)
