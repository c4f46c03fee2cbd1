#!/usr/bin/env python3
"""small: `pendeen link` on files of a handful of rows, cut out of the public tables.

    bench/small.py [--seed S] [--files N] [--program build/pendeen]

What a small file cannot teach must not make it sure. Three ways to cut: rows at random, with a
repeat of every second or third of them; rows that resemble one of them most (one surname, one
town, one year); and rows at random among which strangers were given the name of another. Prints for
each way and size how many pairs are truly the same, how many the probabilities add up to, F1 at
0.5, and of the pairs at or above 0.95 how many there are and the share that is true.
"""
import argparse, collections, concurrent.futures, csv, os, random, subprocess, tempfile

import accuracy

HERE = os.path.dirname(os.path.abspath(__file__))
SIZES = [6, 10, 20, 40, 100]
NAMES = [("given_name", "surname"), ("first_name", "surname")]
LEFT_OUT = {"soc_sec_id", "cluster"}  # says by itself who is who


def tables():
    for name, (files, truth) in accuracy.public_sets(accuracy.data_folder()).items():
        if len(files) > 1: continue
        with open(files[0]) as f:
            rows = [{k.strip(): v.strip() for k, v in row.items() if k.strip() not in LEFT_OUT} for row in csv.DictReader(f)]
        column = next(iter(rows[0]))
        yield name, rows, [truth[row.pop(column)] for row in rows]


def at_random(draw, rows, truth, size):
    same = collections.defaultdict(list)
    for i, who in enumerate(truth): same[who].append(i)
    chosen = set()
    while len(chosen) < size:
        one = draw.randrange(len(rows))
        chosen.add(one)
        others = [i for i in same[truth[one]] if i not in chosen]
        if others and len(chosen) < size and draw.random() < 0.4: chosen.add(draw.choice(others))
    return [(dict(rows[i]), truth[i]) for i in chosen]


def alike(draw, rows, truth, size):
    middle = draw.choice(rows)

    def shared(row):
        return sum(bool(v) and len(v) > 1 and (row[k] == v or len(v) > 4 and row[k][:4] == v[:4]) for k, v in middle.items())
    nearest = sorted(range(len(rows)), key=lambda i: (-shared(rows[i]), draw.random()))[:2 * size]
    return [(dict(rows[i]), truth[i]) for i in draw.sample(nearest, size)]


def namesakes(draw, rows, truth, size):
    chosen = at_random(draw, rows, truth, size)
    draw.shuffle(chosen)
    columns = next(pair for pair in NAMES if pair[0] in rows[0])
    for (one, who), (other, whom) in zip(chosen[0:size // 2:2], chosen[1:size // 2:2]):
        if who != whom: other.update({c: one[c] for c in columns})
    return chosen


WAYS = [at_random, alike, namesakes]


def link(program, folder, number, rows):
    """Probability of each pair that was kept."""
    path = os.path.join(folder, f"{number}.csv")
    with open(path, "w") as f:
        out = csv.writer(f)
        out.writerow(["id", *rows[0]])
        out.writerows([i, *row.values()] for i, row in enumerate(rows))
    subprocess.run([program, "link", path, "-o", path + ".pairs", "--threads", "1"], check=True, capture_output=True)
    with open(path + ".pairs") as f:
        return {(int(r["id_l"]), int(r["id_r"])): float(r["match_probability"]) for r in csv.DictReader(f)}


def judged(program, folder, number, cut):
    draw = random.Random(str(cut["name"]))
    chosen = cut["way"](draw, cut["rows"], cut["truth"], cut["size"])
    draw.shuffle(chosen)
    found = link(program, folder, number, [row for row, _ in chosen])
    who = [truth for _, truth in chosen]
    return [(max(found.get((a, b), 0), found.get((b, a), 0)), who[a] == who[b]) for a in range(len(who)) for b in range(a)]


def share(part, whole):
    return part / whole if whole else 0.0


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--seed", default="1")
    p.add_argument("--files", type=int, default=50, help="of each table, way and size")
    p.add_argument("--program", default=os.path.join(HERE, "..", "build", "pendeen"))
    a = p.parse_args()
    cuts = [{"name": (a.seed, name, way.__name__, size, file), "rows": rows, "truth": truth, "way": way, "size": size}
            for name, rows, truth in tables() for way in WAYS for size in SIZES for file in range(a.files)]
    results = collections.defaultdict(list)
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as threads:
        every = threads.map(lambda numbered: judged(a.program, folder, *numbered), enumerate(cuts))
        for cut, result in zip(cuts, every): results[cut["way"].__name__, cut["size"]] += result
    print(f"seed {a.seed}, {a.files} files of each table\n{'way':<10} {'rows':>5} {'pairs':>8} {'true':>6} {'sum':>7} {'F1@.5':>7} {'at .95':>7} {'true':>7}")
    for (way, size), pairs in results.items():
        true, half = sum(same for _, same in pairs), [same for p, same in pairs if p >= 0.5]
        sure = [same for p, same in pairs if p >= 0.95]
        print(f"{way:<10} {size:>5} {len(pairs):>8} {true:>6} {sum(p for p, _ in pairs):>7.0f} {share(2 * sum(half), len(half) + true):>7.3f} "
              f"{len(sure):>7} {share(sum(sure), len(sure)):>7.3f}")
