"""What a row of the package has by its kind, where a scenario does not state it: each value with its reason."""

from sim.mechanisms.parameters import PACKAGE

BY_KIND: dict[str, dict[str, tuple[float, str]]] = {
    "munitions": {
        "cost": (
            0.5,
            "E059: 1,000 USD to make in Russia; assumption: half where labour is cheap and most rounds come out of store",
        ),
        "curvature": (0.02, "assumption: beyond what can be spared, a hundred thousand rounds more a month treble the cost"),
        "cap": (500.0, "E003-E009: 1,100 to 1,600 containers a month, each some 200 to 450 rounds"),
        "reference": (300.0, "definition"),
    },
    "technology": {
        "curvature": (60.0, "assumption: a second point a month costs as much again, since few people can teach it"),
        "cap": (25.0, "definition: a rung has 25 points"),
        "weight": (0.075, "assumption: three tenths of the tie, shared by four rungs"),
        "reference": (1.0, "definition"),
    },
    "troops": {
        "cost": (0.02, "assumption: what it takes to raise a soldier at home"),
        "curvature": (0.000003, "assumption: cost doubles with some 7,000 a month"),
        "cap": (4000.0, "E068-E070: some 11,000 within three months"),
        "weight": (0.15, "assumption: soldiers show, and half as much as shells or openness do"),
        "reference": (3000.0, "definition"),
        "contingent": (1500.0, "E068: the first batch"),
    },
    "oil": {
        "cost": (0.08, "world price of 80 USD a barrel"),
        "curvature": (0.0006, "assumption: cost doubles at the flow of March 2024 (E113)"),
        "cap": (400.0, "assumption: berths and rail, three times the flow of March 2024 (E113)"),
        "weight": (0.02, "assumption: more, and oil would never flow, against the record"),
        "reference": (125.0, "definition"),
    },
    "cover": {
        "value": (15.0, "assumption: a small part of the worth of open support"),
        "cost": (2.0, "assumption: a veto is cheap"),
        "curvature": (10.0, "assumption"),
        "cap": (1.0, "definition"),
        "weight": (0.03, "assumption"),
        "reference": (1.0, "definition"),
    },
}
PACKAGES = {
    kind: tuple(spec.fixed(*given[spec.name]) if spec.name in given else spec for spec in PACKAGE)
    for kind, given in BY_KIND.items()
}
