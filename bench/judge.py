"""judge: what pairs and clusters are worth against the truth."""
import collections, csv, math


def read_pairs(path):
    with open(path, newline="", encoding="utf-8") as f:
        return [(r["id_l"], r["id_r"], float(r["match_probability"])) for r in csv.DictReader(f)]


def read_clusters(path):
    with open(path, newline="", encoding="utf-8") as f:
        return {r["id"]: r["cluster_id"] for r in csv.DictReader(f)}


def true_pairs(truth, across):
    """Pairs of one entity; across: only between the two files (ids differ in their side)."""
    count = collections.defaultdict(collections.Counter)
    for i, entity in truth.items():
        count[entity][across(i) if across else ""] += 1
    if across:
        return sum(math.prod(c.values()) for c in count.values() if len(c) == 2)
    return sum(c[""] * (c[""] - 1) // 2 for c in count.values())


def f1(hits, found, wanted):
    return 2 * hits / (found + wanted) if found + wanted else 1.0


def judge_pairs(pairs, truth, wanted):
    """F1 at 0.5, best F1 and where, recall of all written, calibration error over ten bins."""
    pairs = sorted(pairs, key=lambda p: (-p[2], truth[p[0]] == truth[p[1]]))
    hits, best, at, half = 0, 0.0, 1.0, f1(0, 0, wanted)
    bins = [[0, 0.0, 0] for _ in range(10)]
    for n, (a, b, p) in enumerate(pairs, 1):
        same = truth[a] == truth[b]
        hits += same
        bin = bins[min(9, int(p * 10))]
        bin[0] += 1
        bin[1] += p
        bin[2] += same
        if n < len(pairs) and pairs[n][2] == p:
            continue
        score = f1(hits, n, wanted)
        if p >= 0.5:
            half = score
        if score > best:
            best, at = score, p
    error = sum(abs(b[1] - b[2]) for b in bins) / max(1, len(pairs))
    return {"half": half, "best": best if wanted else half, "at": at, "recall": hits / wanted if wanted else 1.0, "ece": error,
            "written": len(pairs)}


def judge_clusters(cluster, truth):
    """B-cubed (Bagga and Baldwin 1998) and the largest cluster beside the true one."""
    of = collections.Counter(cluster.get(i, ("alone", i)) for i in truth)
    real = collections.Counter(truth.values())
    both = collections.Counter((cluster.get(i, ("alone", i)), e) for i, e in truth.items())
    n = len(truth)
    precision = sum(c * c / of[k] for (k, _), c in both.items()) / n
    recall = sum(c * c / real[e] for (_, e), c in both.items()) / n
    return {"b3": 2 * precision * recall / (precision + recall), "b3p": precision, "b3r": recall,
            "largest": max(of.values()), "truly": max(real.values())}
