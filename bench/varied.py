#!/usr/bin/env python3
"""varied: tables of many shapes with known truth, none of them like the others.

    bench/varied.py FOLDER [--seed S]

Registers, an old census, voters, restaurants, citations, products, companies: other
headers, other languages, other columns, other ways to go wrong than `pendeen synth`
makes, so that the engine is measured on what it was not fitted to. Writes
NAME.csv (or NAME_a.csv and NAME_b.csv) with a column `id`, and NAME-truth.csv (id,entity).
Nobody and nothing in them exists: names are put together at random.
"""
import argparse, csv, os, random

GIVEN = """anna ben clara david elena frank grace henry irene jack karen liam maria noah olga paul
quentin rosa simon tara ursula victor wendy xavier yvonne zoe albert bridget caroline douglas edith
frederick georgina harold isabel james katherine leonard margaret nicholas oliver patricia robert
samuel theresa william elizabeth thomas alexander john mary george sarah charles emily edward alice
arthur florence walter ethel ernest ada joseph agnes""".split()
SHORT = {"robert": "bob", "william": "bill", "elizabeth": "liz", "katherine": "kate",
         "margaret": "maggie", "james": "jim", "thomas": "tom", "alexander": "alex", "edward": "ted",
         "samuel": "sam", "nicholas": "nick", "frederick": "fred", "leonard": "len",
         "patricia": "pat", "joseph": "joe", "david": "dave", "charles": "charlie"}
GERMAN = """andreas brigitte christa dieter erika franz gerda heinz ingrid jürgen klaus liselotte
manfred norbert otto petra renate stefan thorsten ulrike volker werner karl-heinz anneliese helmut
günter monika sabine wolfgang ursula peter michael martin""".split()
FRENCH = """adèle benoît camille denis élodie françois gaëlle hugo inès jérôme karine luc mathilde
nathalie océane pierre quentin romane sébastien thérèse ugo valérie yves zoé jean-pierre
marie-claire""".split()
FRONT = """ash black brook clay dale east fern gar hart ing kirk lang mar nor oak pen quar red stan thorn
under wal west wood york bar cor dun el far""".split()
BACK = "ton ley ford son field worth ham bury wick man well burn stead combe bridge er land ard".split()
SURNAMES = ["smith", "jones", "brown", "taylor", "wilson", "evans", "walker", "wright", "green",
            "clarke", "hall", "wood", "jackson", "turner", "cooper"]
STREETS = """high church mill station park victoria green manor king queen london grange school york
chapel albert orchard meadow river hill north south""".split()
KINDS = [("street", "st"), ("road", "rd"), ("avenue", "ave"), ("lane", "ln"), ("close", "cl")]
TOWNS = """ashby brookmouth carrow denholme eastwick fernhill garstead hartlow inglewood kirkham
langport marwick norbury oakridge penworth redmire stanhope thornby walden westbourne""".split()
TRADES = """farmer teacher baker clerk miner sailor weaver politician painter engineer lawyer priest
writer actor soldier merchant physician composer architect cricketer""".split()
TITLE = """learning probabilistic adaptive efficient parallel bounded linear networks decision trees
inference markov models data mining genetic programming reinforcement agents bayesian kernel vector
search optimal planning robust constraint logic temporal distributed control neural memory boosting
selection features cases experiments theory complexity queries language induction rules concepts
stochastic gradient estimation approximation recognition speech images clustering""".split()
VENUES = [("proceedings of the international conference on machine learning", "icml", "proc. icml"),
          ("machine learning journal", "machine learning", "mach. learn."),
          ("advances in neural information processing systems", "nips", "adv. nips"),
          ("artificial intelligence", "ai journal", "artif. intell."),
          ("proceedings of the annual conference on computational learning theory", "colt", "proc. colt")]
FOOD = "italian french american steakhouse seafood asian delicatessen mexican bbq continental".split()
PLACES = """bistro cafe grill house kitchen garden palace room corner oyster lemon cedar harbour golden
copper velvet lantern orchid willow tavern pantry mill star crown""".split()
MAKERS = "acme borealis corvid dynamo ember fjord galena helix".split()
GOODS = """camera printer headphones router speaker monitor keyboard projector freezer toaster washer
scanner phone charger""".split()
ADJECTIVES = "digital wireless portable compact black white silver stainless steel ultra mini pro".split()


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def surname(self):
        if self.r.random() < 0.3:
            return SURNAMES[min(int(self.r.expovariate(0.25)), len(SURNAMES) - 1)]
        return self.r.choice(FRONT) + self.r.choice(BACK)

    def given(self, names=GIVEN):
        return names[min(int(self.r.expovariate(3.0 / len(names))), len(names) - 1)]

    def date(self, first=1930, last=2005):
        return (self.r.randint(first, last), self.r.randint(1, 12), self.r.randint(1, 28))

    def street(self):
        kind = self.r.choice(KINDS)
        return f"{self.r.choice(STREETS)} {kind[0]}"

    def phone(self):
        return f"07700 900{self.r.randint(0, 999):03d}" if self.r.random() < 0.2 else \
            f"01{self.r.randint(200, 999)} {self.r.randint(100000, 999999)}"

    def typo(self, text, times=1):
        for _ in range(times):
            if len(text) < 2:
                return text
            i = self.r.randrange(len(text))
            way = self.r.randrange(4)
            if way == 0:
                text = text[:i] + text[i + 1:]
            elif way == 1:
                text = text[:i] + self.letter(text[i]) + text[i:]
            elif way == 2:
                text = text[:i] + self.letter(text[i]) + text[i + 1:]
            elif i + 1 < len(text):
                text = text[:i] + text[i + 1] + text[i] + text[i + 2:]
        return text

    def letter(self, like):
        return self.r.choice("0123456789" if like.isdigit() else "abcdefghijklmnopqrstuvwxyz")

    def maybe(self, share):
        return self.r.random() < share

    def zipf_copies(self, most):
        n = 1
        while n < most and self.maybe(0.5):
            n += 1
        return n


def german(m):
    """First and second given names, birth year, month and day apart, NA for missing."""
    rows = []
    for e in range(900):
        y, mo, d = m.date(1920, 2000)
        person = [m.given(GERMAN).upper(), m.given(GERMAN).upper() if m.maybe(.15) else "NA",
                  m.surname().upper(), m.surname().upper() if m.maybe(.04) else "NA", y, mo, d]
        rows.append((e, person))
        if e < 100:
            other = list(person)
            i = m.r.choice([0, 2, 2, 4, 5, 6])
            other[i] = m.typo(other[i]).upper() if i < 4 else m.r.choice([other[i] + 1, max(1, other[i] - 1)])
            rows.append((e, other))
    return ["fname_c1", "fname_c2", "lname_c1", "lname_c2", "by", "bm", "bd"], rows


def census(m):
    """Well known people of an old register: often repeated, sparsely and badly."""
    rows = []
    for e in range(600):
        y, mo, d = m.date(1780, 1900)
        given, surname, town, trade = m.given(), m.surname(), m.r.choice(TOWNS), m.r.choice(TRADES)
        post = f"{m.r.choice('ABCDEFGH')}{m.r.choice('ABCDEFGH')}{m.r.randint(1, 30)} {m.r.randint(1, 9)}{m.r.choice('ABDEFGH')}{m.r.choice('ABDEFGH')}"
        sex = m.r.choice(["male", "female"])
        middle = m.given() if m.maybe(.4) else ""
        for c in range(m.r.randint(1, 12)):
            g, s, mid = given, surname, middle
            if c and m.maybe(.15): g = SHORT.get(g, g)
            if c and m.maybe(.15): g = m.typo(g)
            if c and m.maybe(.15): s = m.typo(s)
            if m.maybe(.5): mid = ""
            if c and m.maybe(.03): g, s = s, g
            dob = f"{y}-{mo:02d}-{d:02d}"
            if c and m.maybe(.1): dob = f"{y}-01-01"
            elif c and m.maybe(.1): dob = f"{y + m.r.choice([-1, 1])}-{mo:02d}-{d:02d}"
            if m.maybe(.1): dob = ""
            p = post if m.maybe(.7) else post[:-2] + m.r.choice("ABDEFGH") + m.r.choice("ABDEFGH")
            full = " ".join(w for w in (g, mid, s) if w)
            rows.append((e, [full, g if m.maybe(.98) else "", s, dob, town if m.maybe(.85) else m.r.choice(TOWNS),
                             p if m.maybe(.8) else "", sex if m.maybe(.8) else "", trade if m.maybe(.7) else ""]))
    return ["full_name", "first_name", "surname", "dob", "birth_place", "postcode_fake", "gender", "occupation"], rows


def restaurants(m):
    rows = []
    for e in range(700):
        name = f"{m.r.choice(PLACES)} {m.r.choice(PLACES)}" if m.maybe(.7) else f"{m.surname()}'s {m.r.choice(PLACES)}"
        kind = m.r.choice(KINDS)
        number, street, town = m.r.randint(1, 900), m.r.choice(STREETS), TOWNS[min(int(m.r.expovariate(.6)), 19)]
        a, b, c = m.r.randint(200, 999), m.r.randint(200, 999), m.r.randint(1000, 9999)
        food = m.r.choice(FOOD)
        rows.append((e, [name, f"{number} {street} {kind[1]}.", town, f"{a}/{b}-{c}", food]))
        if e < 110:
            n = name
            if m.maybe(.3): n = n + m.r.choice([" the", f" {m.r.choice(PLACES)}", " restaurant"])
            if m.maybe(.2): n = m.typo(n)
            if m.maybe(.15): n = n.split()[0]
            if m.maybe(.2): c = m.r.randint(1000, 9999)
            rows.append((e, [n, f"{number} {street} {kind[0] if m.maybe(.5) else kind[1]}", town if m.maybe(.9) else m.r.choice(TOWNS),
                             f"{a}-{b}-{c}", food if m.maybe(.5) else m.r.choice(FOOD)]))
    return ["name", "addr", "city", "phone", "type"], rows


def citations(m):
    rows = []
    for e in range(220):
        title = " ".join(m.r.sample(TITLE, m.r.randint(4, 8)))
        authors = [(m.given(), m.surname()) for _ in range(m.r.randint(1, 4))]
        venue, year = m.r.choice(VENUES), m.r.randint(1985, 1999)
        page = m.r.randint(1, 500)
        for c in range(m.r.randint(1, 9)):
            t = title
            if m.maybe(.3): t = m.typo(t, 2)
            if m.maybe(.1): t = " ".join(t.split()[:-1])
            how = m.r.randrange(3)
            a = " and ".join(f"{g} {s}" if how == 0 else f"{s}, {g[0]}." if how == 1 else f"{g[0]}. {s}" for g, s in authors)
            if len(authors) > 2 and m.maybe(.2): a = a.split(" and ")[0] + " et al."
            rows.append((e, [a, t, m.r.choice(venue) if m.maybe(.85) else "", (year if m.maybe(.9) else year + 1) if m.maybe(.8) else "",
                             f"{page}-{page + 10}" if m.maybe(.5) else ""]))
    return ["author", "title", "venue", "year", "pages"], rows


def products(m):
    """Two shops, the same goods in other words."""
    left, right = [], []
    for e in range(900):
        maker, model = m.r.choice(MAKERS), f"{m.r.choice('abcdefgh')}{m.r.choice('klmnrstx')}{m.r.randint(10, 9999)}"
        good, words, price = m.r.choice(GOODS), m.r.sample(ADJECTIVES, 3), m.r.randint(20, 900) + .99
        if e < 700:
            left.append((e, [f"{maker} {' '.join(words[:2])} {good} - {model}", f"{good} {' '.join(words)} by {maker}" if m.maybe(.6) else "", maker, f"{price:.2f}" if m.maybe(.5) else ""]))
        if e >= 250:
            shown = model.upper() if m.maybe(.6) else f"{model[:2]}-{model[2:]}"
            right.append((e, [f"{maker} {shown} {words[0]} {good}" if m.maybe(.8) else f"{maker} {good} {' '.join(words)}",
                              f"{' '.join(words)} {good}" if m.maybe(.5) else "", maker if m.maybe(.4) else "", f"{price * m.r.uniform(.9, 1.1):.2f}" if m.maybe(.7) else ""]))
    return ["title", "description", "manufacturer", "price"], left, right


def voters(m):
    """Households: fathers and sons of one name, siblings, twins; two years' lists."""
    left, right = [], []
    e = 0
    for _ in range(2200):
        surname, street, number = m.surname(), m.street(), m.r.randint(1, 200)
        town = m.r.choice(TOWNS)
        postal = 20000 + 37 * TOWNS.index(town) + m.r.randint(0, 3)
        father = m.given()
        for i in range(m.r.randint(1, 4)):
            name = father if i in (0, 2) and m.maybe(.15) else m.given()
            person = [name, m.given()[0] if m.maybe(.6) else "", surname, m.r.choice("MF"),
                      m.r.randint(1935, 1975) if i < 2 else m.r.randint(1976, 2004), f"{number} {street}", town, str(postal)]
            left.append((e, person))
            if m.maybe(.7):
                p = list(person)
                if m.maybe(.12): p[0] = SHORT.get(p[0], m.typo(p[0]))
                if m.maybe(.1): p[2] = m.typo(p[2]) if m.maybe(.5) else m.surname()
                if m.maybe(.2): p[1] = ""
                if m.maybe(.05): p[4] += m.r.choice([-1, 1, 10])
                if m.maybe(.12):
                    t = m.r.choice(TOWNS)
                    p[5:] = [f"{m.r.randint(1, 200)} {m.street()}", t, str(20000 + 37 * TOWNS.index(t) + m.r.randint(0, 3))]
                right.append((e, p))
            e += 1
    return ["FirstName", "MiddleInitial", "LastName", "Sex", "BirthYear", "ResidenceAddress", "City", "ZIP"], left, right


def french(m):
    rows = []
    for e in range(2500):
        y, mo, d = m.date()
        p = [m.surname().upper(), m.given(FRENCH), f"{d:02d}/{mo:02d}/{y}", m.r.choice(TOWNS).title(), f"{m.r.randint(1, 95):02d}{m.r.randint(0, 99) * 10:03d}",
             f"{m.r.randint(1, 99)} rue {m.r.choice(STREETS)}", f"0{m.r.randint(1, 7)} {' '.join(f'{m.r.randint(0, 99):02d}' for _ in range(4))}" if m.maybe(.6) else ""]
        rows.append((e, p))
        for _ in range(m.zipf_copies(4) - 1):
            q = list(p)
            for i in range(7):
                if q[i] and m.maybe(.18): q[i] = m.typo(q[i]) if m.maybe(.6) else ""
            if m.maybe(.1): q[2] = f"{mo:02d}/{d:02d}/{y}"
            if m.maybe(.1): q[6] = q[6].replace(" ", "")
            if m.maybe(.2): q[1] = q[1].replace("é", "e").replace("ç", "c").replace("î", "i")
            rows.append((e, q))
    return ["nom", "prenom", "date_naissance", "ville", "code_postal", "adresse", "telephone"], rows


def full_names(m):
    """All of a name in one column, in any order; half of everything is missing."""
    rows = []
    for e in range(1500):
        g, s = m.given(), m.surname()
        mid = m.given() if m.maybe(.3) else ""
        y, mo, d = m.date()
        town, phone = m.r.choice(TOWNS), m.phone()
        for c in range(m.zipf_copies(5)):
            g2, s2 = (m.typo(g) if c and m.maybe(.15) else g), (m.typo(s) if c and m.maybe(.15) else s)
            if c and m.maybe(.1): g2 = SHORT.get(g2, g2)
            n = f"{s2}, {g2}" if m.maybe(.25) else f"{g2} {mid} {s2}".replace("  ", " ") if m.maybe(.6) else f"{g2} {s2}"
            if m.maybe(.1): n = f"{g2[0]}. {s2}"
            when = f"{d} {['Jan','Feb','Mar','Apr','May','Jun','Jul','Aug','Sep','Oct','Nov','Dec'][mo - 1]} {y}" if m.maybe(.3) else f"{d:02d}/{mo:02d}/{y}"
            rows.append((e, [n.title(), when if m.maybe(.55) else "", town if m.maybe(.5) else "", phone if m.maybe(.45) else "", m.r.choice(["open", "closed"])]))
    return ["Full Name", "DOB", "Town", "Contact number", "Status"], rows


def companies(m):
    """One useful column."""
    rows = []
    for e in range(1200):
        n = f"{m.surname()} {m.r.choice(PLACES)} {m.r.choice(GOODS)}"
        for c in range(m.zipf_copies(3)):
            t = m.typo(n) if c and m.maybe(.4) else n
            t += m.r.choice([" ltd", " limited", "", " plc"])
            rows.append((e, [t, "UK"]))
    return ["organisation", "country"], rows


def tiny(m):
    columns, rows = french(m)
    rows = [r for r in rows if r[0] < 28][:50]
    return columns, rows


def unique(m):
    columns, rows = french(m)
    seen = set()
    return columns, [r for r in rows if not (r[0] in seen or seen.add(r[0]))]


def twice(m):
    """Everybody stands in it exactly twice."""
    columns, rows = french(m)
    by = {}
    for r in rows: by.setdefault(r[0], []).append(r)
    out = []
    for rs in by.values():
        if len(rs) >= 2: out += rs[:2]
    return columns, out


ONE = [german, census, restaurants, citations, french, full_names, companies, tiny, unique, twice]
TWO = [products, voters]


def write(path, columns, rows):
    with open(path, "w", newline="", encoding="utf-8") as f:
        w = csv.writer(f)
        w.writerow(["id"] + columns)
        w.writerows([i] + r for i, r in rows)


def make(folder, seed):
    os.makedirs(folder, exist_ok=True)
    made = {}
    for maker in ONE + TWO:
        name, m = maker.__name__, Maker(f"{seed} {maker.__name__}")
        columns, *tables = maker(m)
        truth, files = [], []
        for t, rows in enumerate(tables):
            m.r.shuffle(rows)
            side = "ab"[t]
            numbered = [(f"{side}{i}", r) for i, (_, r) in enumerate(rows)]
            truth += [(f"{side}{i}", e) for i, (e, _) in enumerate(rows)]
            path = os.path.join(folder, f"{name}.csv" if len(tables) == 1 else f"{name}_{side}.csv")
            write(path, columns, numbered)
            files.append(path)
        with open(os.path.join(folder, f"{name}-truth.csv"), "w", newline="") as f:
            csv.writer(f).writerows([("id", "entity")] + truth)
        made[name] = (files, dict(truth))
    return made


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("folder")
    p.add_argument("--seed", default="1")
    a = p.parse_args()
    for name, (files, truth) in make(a.folder, a.seed).items():
        print(name, len(truth), "rows", len(set(truth.values())), "entities")
