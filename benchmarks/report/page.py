"""docs/benchmarks.md, and its pictures."""

import html

COLOURS = {"coterie": "#2b6cb0", "coterie-local": "#63b3ed", "coterie-bursts": "#63b3ed"}
OTHERS = "#a0aec0"


def figure(value):
    if value is None:
        return "-"
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def bars(title, unit, values):
    """A picture of (name, value), as SVG."""
    left, width, line = 210, 420, 26
    height = 44 + line * len(values)
    largest = max(value for _, value in values) or 1
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 110} {height}" font-family="sans-serif" font-size="13">',
             '<rect width="100%" height="100%" fill="white"/>',
             f'<text x="10" y="22" font-weight="bold">{html.escape(title)} ({html.escape(unit)})</text>']
    for at, (name, value) in enumerate(values):
        y = 36 + at * line
        length = max(1, width * value / largest)
        colour = COLOURS.get(name.split(",")[0], OTHERS)
        parts.append(f'<text x="{left - 8}" y="{y + 15}" text-anchor="end">{html.escape(name)}</text>'
                     f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{line - 6}" fill="{colour}"/>'
                     f'<text x="{left + length + 6:.1f}" y="{y + 15}">{figure(value)}</text>')
    return "\n".join(parts + ["</svg>", ""])


def side_name(run):
    return f"{run.side}, {run.size:,}" if run.size else run.side


def plot(row, results, folder):
    values = [(side_name(run), results.median(run.key(row.plot))) for run in row.runs]
    values = [(name, value) for name, value in values if value is not None]
    if not values:
        return None
    path = folder / f"{row.name.lower()}.svg"
    path.write_text(bars(row.title, row.plot, values))
    return path.name


def target_lines(row, results):
    for target in row.targets:
        value = results.value(target)
        if value is None:
            continue
        verdict = "" if not target.limit() else "met" if target.met(value) else "**missed**"
        yield f"| {row.name} | {target.what} | {figure(value)} | {target.limit()} | {verdict} |"


def value_lines(row, results):
    for run in row.runs:
        for key in sorted(results.values):
            metric = key[-1]
            if key == run.key(metric):
                yield f"| {side_name(run)} | {metric} | {figure(results.median(key))} |"


def write(rows, results, root, notes):
    folder = root / "docs" / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    machine = results.machine
    out = ["# Benchmarks", "",
           "Written by `./scripts/bench`, which measures coterie, the raw limit and each peer in turn, round after round, on a server of their own;",
           "`./scripts/bench --quick` takes a few minutes, `--check` says what misses its target. Ratios are medians of the ratios of each round:",
           "absolute figures are those of one small, noisy machine.", "",
           f"{machine['rounds']} rounds on {machine['date']}: {machine['processor']}, {machine['cores']} cores; {machine['system']};",
           f"redis-server {machine['server']}, loopback TCP; {machine['compiler']}, -O3. Raw values: [results.json](benchmarks/results.json).", "",
           "## Ratios and targets", "", "| | what : measured against | measured | target | |", "|---|---|---|---|---|"]
    for row in rows:
        out += target_lines(row, results)
    if notes.exists():
        out += ["", notes.read_text().rstrip()]
    if machine.get("skipped"):
        out += ["", "Peers that could not be had: " + "; ".join(f"{peer}: {why}" for peer, why in machine["skipped"].items()) + "."]
    out += ["", "## Values", ""]
    for row in rows:
        lines = list(value_lines(row, results))
        if not lines:
            continue
        out += [f"### {row.name}: {row.title}", ""]
        picture = plot(row, results, folder) if row.plot else None
        if picture:
            out += [f"![{row.title}](benchmarks/{picture})", ""]
        out += ["| who | metric | median |", "|---|---|---|", *lines, ""]
    (root / "docs" / "benchmarks.md").write_text("\n".join(out).rstrip() + "\n")
    results.save(folder / "results.json")
