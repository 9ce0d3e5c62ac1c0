"""The tables as people and scripts read them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from inline_snapshot import snapshot
from samples import measured

from gofixer.bench.model import Measured
from gofixer.bench.plot import svg
from gofixer.bench.table import as_json, markdown, tables, text


def test_text() -> None:
    assert "\n".join(text(tables(measured()))) == snapshot("""\
pkg: example.com/m
          before         after
          sec/op        sec/op       vs before
Clear-8   154.8n ± 3%   67.55n ± 4%    -56.36%  (p=0.000 n=8)
Ties-8    101.5n ± 1%   102.5n ± 2%          ~  (p=0.295 n=8)
Noise-8   2.006µ ± 6%   2.007µ ± 5%          ~  (p=0.959 n=8)
Slow-8     8.115 ± 1%    8.235 ± 1%     +1.48%  (p=0.010 n=8)
geomean   22.49µ        18.39µ         -18.21%

          before         after
            B/op          B/op       vs before
Clear-8    48.00 ± 0%    36.00 ± 0%    -25.00%  (p=0.000 n=8)
Ties-8   1.000Ki ± 0%  1.000Ki ± 0%          ~  (p=1.000 n=8)
Noise-8  68.36Ki ± 0%  68.38Ki ± 0%          ~  (p=0.059 n=8)
Slow-8     0.000 ± 0%    0.000 ± 0%          ~  (p=1.000 n=8)
geomean        -             -          -6.93%

            before           after
         allocs/op       allocs/op       vs before
Clear-8      3.000 ± 0%      2.000 ± 0%    -33.33%  (p=0.000 n=8)
Ties-8       5.000 ± 0%      5.000 ± 0%          ~  (p=1.000 n=8)
Noise-8      7.000 ± 0%      7.000 ± 0%          ~  (p=1.000 n=8)
Slow-8       0.000 ± 0%      0.000 ± 0%          ~  (p=1.000 n=8)
geomean          -               -          -9.64%\
""")


def test_few_rounds_say_what_they_cannot_show() -> None:
    assert text(tables(measured(3)[:1])) == snapshot(
        [
            "pkg: example.com/m",
            "          before        after",
            "          sec/op       sec/op      vs before",
            "Clear-8   155.2n ± ∞   67.40n ± ∞          ~  (p=0.100 n=3)",
            "",
            "          before        after",
            "            B/op         B/op      vs before",
            "Clear-8    48.00 ± ∞    36.00 ± ∞          ~  (p=0.100 n=3)",
            "",
            "            before          after",
            "         allocs/op      allocs/op      vs before",
            "Clear-8      3.000 ± ∞      2.000 ± ∞          ~  (p=0.100 n=3)",
            "  ± ∞: fewer than 6 samples give no 95 % confidence interval",
            "  fewer than 4 samples on each side cannot show a difference",
        ]
    )


def test_markdown() -> None:
    assert "\n".join(markdown(tables(measured()))) == snapshot("""\
`example.com/m`, sec/op

| benchmark | before | after | change | p |
|---|---:|---:|---:|---|
| Clear-8 | 154.8n ± 3% | 67.55n ± 4% | -56.36% | 0.000 (n=8) |
| Ties-8 | 101.5n ± 1% | 102.5n ± 2% | ~ | 0.295 (n=8) |
| Noise-8 | 2.006µ ± 6% | 2.007µ ± 5% | ~ | 0.959 (n=8) |
| Slow-8 | 8.115 ± 1% | 8.235 ± 1% | +1.48% | 0.010 (n=8) |
| geometric mean | 22.49µ | 18.39µ | -18.21% | |

`example.com/m`, B/op

| benchmark | before | after | change | p |
|---|---:|---:|---:|---|
| Clear-8 | 48.00 ± 0% | 36.00 ± 0% | -25.00% | 0.000 (n=8) |
| Ties-8 | 1.000Ki ± 0% | 1.000Ki ± 0% | ~ | 1.000 (n=8) |
| Noise-8 | 68.36Ki ± 0% | 68.38Ki ± 0% | ~ | 0.059 (n=8) |
| Slow-8 | 0.000 ± 0% | 0.000 ± 0% | ~ | 1.000 (n=8) |
| geometric mean | - | - | -6.93% | |

`example.com/m`, allocs/op

| benchmark | before | after | change | p |
|---|---:|---:|---:|---|
| Clear-8 | 3.000 ± 0% | 2.000 ± 0% | -33.33% | 0.000 (n=8) |
| Ties-8 | 5.000 ± 0% | 5.000 ± 0% | ~ | 1.000 (n=8) |
| Noise-8 | 7.000 ± 0% | 7.000 ± 0% | ~ | 1.000 (n=8) |
| Slow-8 | 0.000 ± 0% | 0.000 ± 0% | ~ | 1.000 (n=8) |
| geometric mean | - | - | -9.64% | |\
""")


def test_json_holds_samples_and_what_was_made_of_them() -> None:
    documents = json.loads(json.dumps(as_json(tables(measured(6)[:1]))))
    assert [(d["package"], d["unit"]) for d in documents] == [
        ("example.com/m", "sec/op"),
        ("example.com/m", "B/op"),
        ("example.com/m", "allocs/op"),
    ]
    assert documents[2]["benchmarks"] == snapshot(
        [
            {
                "name": "Clear-8",
                "benchmark": "BenchmarkClear",
                "before": {"median": 3.0, "interval": [3.0, 3.0], "samples": [3.0, 3.0, 3.0, 3.0, 3.0, 3.0]},
                "after": {"median": 2.0, "interval": [2.0, 2.0], "samples": [2.0, 2.0, 2.0, 2.0, 2.0, 2.0]},
                "change": -0.33333333333333337,
                "p": 0.0021645021645021645,
                "significant": True,
            }
        ]
    )
    assert json.loads(json.dumps(as_json(tables(measured(2)[:1]))))[0]["benchmarks"][0]["before"]["interval"] is None


def custom(*units: str) -> Measured:
    (first, *_) = measured()
    values = {unit: [4.0, 4.0, 4.0, 4.0] for unit in units}
    return replace(first, before=values, after={unit: [8.0] * 4 for unit in units})


def test_other_metrics_come_after_those_of_go_as_they_are() -> None:
    found = tables([custom("rows/op", "MB/s", "allocs/op", "ns/op")])
    assert [table.unit for table in found] == ["sec/op", "allocs/op", "rows/op", "B/s"]
    assert found[3].rows[0].before == (4e6,) * 4
    assert found[2].rows[0].delta == "+100.00%"


def test_a_metric_of_one_side_only_is_no_comparison() -> None:
    one = custom("ns/op")
    assert tables([replace(one, after={"B/op": [1.0]})]) == []


def test_packages_have_tables_of_their_own() -> None:
    found = tables([*measured(), *measured(package="example.com/m/other")])
    assert [t.package for t in found] == ["example.com/m"] * 3 + ["example.com/m/other"] * 3
    assert text(found).count("pkg: example.com/m/other") == 1


def test_from_nothing_there_is_no_percentage() -> None:
    one = custom("allocs/op")
    (table,) = tables([replace(one, before={"allocs/op": [0.0] * 4})])
    assert table.rows[0].delta == "?"
    assert table.ratio is None


def test_the_picture_has_every_benchmark_and_no_background() -> None:
    names = [replace(m, name=f'{m.name}/"<&>') for m in measured()]
    root = ET.fromstring(svg(tables(names), "a < b"))
    words = ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words[0] == "a < b"
    for m in names:
        assert words.count(m.name) == 3
    assert not root.findall(".//{http://www.w3.org/2000/svg}rect")
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for circle in root.iter("{http://www.w3.org/2000/svg}circle"):
        assert 0 < float(circle.attrib["cx"]) < width
        assert 0 < float(circle.attrib["cy"]) < height


@pytest.mark.parametrize(("factor", "kind"), [(0.5, "better"), (2.0, "worse"), (1.0, "same"), (1000.0, "worse")])
def test_the_picture_tells_better_from_worse(factor: float, kind: str) -> None:
    values = {"ns/op": [100.0, 101, 102, 103, 104, 105]}
    one = replace(measured()[0], before=values, after={"ns/op": [v * factor for v in values["ns/op"]]})
    drawn = svg(tables([one]), "")
    assert f'class="{kind} sample"' in drawn
    rate = replace(one, before={"MB/s": values["ns/op"]}, after={"MB/s": one.after["ns/op"]})
    opposite = {"better": "worse", "worse": "better", "same": "same"}[kind]
    assert f'class="{opposite} sample"' in svg(tables([rate]), "")
