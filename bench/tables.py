"""The figures as tables, in the form of docs/performance.md."""

from bench.measuring import Cost

Costs = list[tuple[str, dict[str, Cost]]]


def show_pages(large: int, small: int, costs: Costs) -> None:
    print(
        f"\nPages and writes: processor time of the server, in ms; {large:,} leads, and {small:,} beside it\n"
    )
    head = ("Operation", "crmlite", "floor", "ratio", f"at {small:,}", "growth", "wall", "times")
    rows = []
    for name, cost in costs:
        ours, floor, less = cost["large"], cost["large floor"], cost["small"]
        rows.append(_row(name, ours, floor, less))
        if "rep" in cost:
            rows.append(_row(f"{name}, a rep's team", cost["rep"], floor, None))
    _print(head, rows)


def show_phone(costs: Costs) -> None:
    print("\nPhones: processor time of the server, in ms\n")
    rows = []
    for name, cost in costs:
        ours, floor, stock = cost["crmlite"], cost["floor"], cost["radicale"]
        rows.append([
            name, f"{ours.processor:.2f}", f"{floor.processor:.2f}", _times(ours, floor),
            f"{stock.processor:.2f}", _times(ours, stock), f"{ours.wall:.1f}", f"{stock.wall:.1f}",
            str(ours.requests),
        ])  # fmt: skip
    _print(("Operation", "crmlite", "floor", "ratio", "Radicale", "ratio", "wall", "its wall", "times"), rows)


def show_rest(lines: list[tuple[str, str]]) -> None:
    print("\nThe rest\n")
    _print(("What", "Figure"), [list(line) for line in lines])


def _row(name: str, ours: Cost, floor: Cost, less: Cost | None) -> list[str]:
    return [
        name, f"{ours.processor:.2f}", f"{floor.processor:.2f}", _times(ours, floor),
        f"{less.processor:.2f}" if less else "", _times(ours, less) if less else "", f"{ours.wall:.1f}",
        str(ours.requests),
    ]  # fmt: skip


def _times(one: Cost, other: Cost) -> str:
    return f"{one.processor / other.processor:.2f}" if other.processor else "-"


def _print(head: tuple[str, ...], rows: list[list[str]]) -> None:
    widths = [max(len(row[place]) for row in [list(head), *rows]) for place in range(len(head))]
    for row in [list(head), ["-" * width for width in widths], *rows]:
        cells = [
            cell.ljust(width) if not place else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print(f"| {' | '.join(cells)} |")
