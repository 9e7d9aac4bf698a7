"""What the invented importers buy: statistical numbers in real headings, with believable rates of duty.

The ten-digit numbers are invented below their heading; the rates are of the size that the chapter really has.
Section 301 lists, section 232 metals and the exemptions of the emergency duties are simplified to one flag
each.
"""

from dataclasses import dataclass

import numpy as np

# heading | two tails of six digits | regular rate % | unit | dollars a unit | section 301 % | flags
# flags: x free of the emergency duties, s steel or a aluminum of section 232, g other agency, q
# agriculture, r antidumping
TABLE = """
001
2833 110010 299050 0.4 KG 0.5 25 -
2836 200000 991000 3.7 KG 0.6 25 -
2905 111000 455000 5.5 KG 1.1 25 -
2918 140000 221000 6.5 KG 2.2 25 x
2933 390100 997500 6.5 KG 41 0 x
2936 270000 280000 0.0 KG 9 0 x
2941 109000 500010 0.0 KG 88 0 x
3002 120010 490000 0.0 KG 900 0 xg
3004 900130 200080 0.0 KG 160 0 xg
3006 100100 700000 0.0 KG 75 0 xg
3304 990500 910010 0.0 KG 14 7.5 g
3305 100000 900000 0.0 KG 5 7.5 g
3402 390000 500010 3.7 KG 2 25 -
3808 915000 940100 5.0 KG 4 25 g
3824 996000 991100 6.5 KG 6 25 r
002
0201 300290 200670 4.0 KG 8 0 gq
0303 890051 140000 0.0 KG 5 25 gqr
0709 600010 930000 4.7 KG 2 25 gq
0710 800970 220000 7.9 KG 2 25 gq
0804 400000 500040 6.0 KG 2 0 gqx
0805 100020 500030 1.9 KG 1 0 gqx
0810 400029 900020 0.0 KG 5 0 gq
0811 909080 200020 6.2 KG 3 25 gq
0901 110025 210035 0.0 KG 6 0 gqx
1509 200020 900000 1.7 KG 7 25 gq
1806 900090 320055 5.6 KG 6 25 gq
1905 901041 310000 0.0 KG 4 25 gq
2008 199040 990500 9.6 KG 4 25 gqr
2106 909998 909800 6.4 KG 7 25 gq
2204 215030 215060 3.0 L 8 25 g
003
4011 101010 201005 4.0 NO 62 25 r
8407 341800 342080 2.5 NO 1400 25 -
8409 914000 919990 2.5 KG 18 25 -
8703 230190 800030 2.5 NO 24000 25 -
8704 312100 310020 25.0 NO 27000 25 -
8708 299060 305090 2.5 KG 11 25 -
8708 806590 996890 2.5 KG 9 25 -
8711 609000 500060 0.0 NO 1900 25 -
8714 910030 990000 4.0 NO 35 25 -
8716 398090 905060 3.1 NO 900 25 r
8802 301000 201000 0.0 NO 900000 25 x
8807 300030 300060 0.0 KG 240 25 x
004
6104 622011 430010 14.9 DOZ 120 7.5 -
6105 100010 202010 19.7 DOZ 96 7.5 -
6109 100012 901007 16.5 DOZ 44 7.5 -
6110 202069 303053 16.0 DOZ 110 7.5 -
6115 956000 969020 13.5 DPR 11 7.5 -
6201 400500 300551 14.0 DOZ 260 7.5 -
6203 424011 432505 16.6 DOZ 130 7.5 -
6204 624011 692510 16.6 DOZ 140 7.5 -
6206 403030 303041 15.4 DOZ 130 7.5 -
6302 310010 600020 9.1 KG 9 7.5 -
6402 996100 912000 12.5 PRS 13 7.5 -
6403 996065 919065 8.5 PRS 34 7.5 -
6404 195790 114990 20.0 PRS 17 7.5 -
5407 610030 522060 14.9 M2 2 25 -
5903 202500 103000 7.5 M2 4 25 -
005
7208 380015 510045 0.0 KG 0.9 25 sr
7210 490040 700060 0.0 KG 1.1 25 sr
7304 290310 390020 0.0 KG 1.7 25 sr
7306 300040 610050 0.0 KG 1.4 25 sr
7307 930020 210000 4.3 KG 6 25 s
7308 909590 200020 0.0 KG 2.5 25 s
7312 107000 103012 0.0 KG 2.4 25 sr
7318 152065 160085 4.2 KG 4 25 sr
7323 930060 990080 2.0 NO 6 25 -
7326 908688 901000 2.9 KG 5 25 s
7407 103000 293000 2.2 KG 11 25 -
7604 295030 210010 5.0 KG 5 25 ar
7606 123096 116000 3.0 KG 4 25 ar
7610 900080 100030 5.7 KG 7 25 a
8205 514500 406000 3.7 NO 4 25 -
8302 413000 300030 3.5 KG 8 25 -
006
2508 100000 400110 0.0 T 110 0 x
2515 121000 110000 2.8 T 300 25 -
2601 110060 120030 0.0 T 110 0 x
2709 002010 001000 0.1 BBL 74 0 x
2710 192500 124550 0.2 BBL 92 0 x
2711 120020 210000 0.0 KG 0.6 0 x
2713 120000 200000 0.0 T 400 0 x
007
8504 409520 318500 1.5 NO 22 25 -
8507 600020 100060 3.4 NO 48 25 -
8517 620090 130000 0.0 NO 95 0 x
8518 302000 292090 4.9 NO 16 7.5 -
8528 726420 590500 3.9 NO 220 7.5 -
8532 240020 290020 0.0 NO 0.4 25 x
8534 000040 000080 0.0 NO 5 25 -
8536 504000 698000 2.7 NO 6 25 -
8541 420010 410000 0.0 NO 1.2 50 x
8542 310045 390060 0.0 NO 6 50 x
8544 429090 302000 2.6 KG 14 25 -
9018 908000 399050 0.0 NO 70 25 -
9027 895500 500000 0.0 NO 6200 25 -
9031 499000 808085 0.0 NO 2100 25 -
9032 896075 100000 1.7 NO 60 25 -
008
4202 122150 923131 17.6 NO 9 25 -
4203 104060 292000 6.0 NO 31 7.5 -
9401 992580 616011 0.0 NO 85 25 -
9403 608081 208050 0.0 NO 110 25 qr
9404 909570 219000 6.0 NO 22 25 r
9405 118010 428410 3.9 NO 24 25 -
9503 000090 000073 0.0 NO 8 0 g
9504 500000 909060 0.0 NO 180 0 -
9505 104020 904000 0.0 NO 5 0 -
9506 910030 620080 4.6 NO 32 7.5 -
9603 210000 908050 4.0 NO 2 7.5 -
9617 001000 003000 7.2 NO 8 7.5 -
009
3901 201000 100000 6.5 KG 1.3 25 -
3904 100000 210000 6.5 KG 1 25 -
3917 330000 320010 3.1 KG 5 25 -
3920 100000 620090 4.2 KG 4 25 r
3923 210095 500000 3.0 KG 4 25 r
3926 909989 909910 5.3 KG 8 25 -
4412 334075 390000 4.0 M3 600 25 qr
4418 740000 999095 3.2 KG 3 25 q
4810 130010 921200 0.0 KG 1.2 25 r
4819 100040 200040 0.0 KG 2 25 -
6802 932500 234000 4.9 T 900 25 -
6907 211011 231000 9.0 M2 12 25 r
7007 190000 211050 5.5 M2 22 25 -
7013 494000 371000 10.5 NO 3 7.5 -
010
8411 919081 919040 0.0 KG 160 25 x
8413 702004 919096 0.0 NO 140 25 -
8414 599080 304000 2.3 NO 70 25 -
8415 901020 820130 1.4 NO 160 25 -
8418 500080 690180 0.0 NO 480 25 -
8421 230000 990180 2.5 NO 9 25 -
8424 909080 201000 0.0 NO 24 25 -
8431 499095 310020 0.0 KG 9 25 -
8443 321010 991000 0.0 NO 210 7.5 x
8467 290085 210030 0.0 NO 46 25 -
8471 300100 490000 0.0 NO 420 0 x
8479 899599 820080 2.5 NO 5200 25 -
8481 805090 803090 2.0 KG 17 25 -
8483 401000 905000 2.5 KG 16 25 -
8501 314000 104060 4.2 NO 31 25 -
8503 009520 006500 3.0 KG 9 25 -
"""

CENTERS = ("001", "002", "003", "004", "005", "006", "007", "008", "009", "010")


@dataclass(frozen=True)
class Catalogue:
    """Products as arrays of one length; rates in hundredths of a percent (basis points)."""

    hts: np.ndarray
    center: np.ndarray  # index into CENTERS
    heading: np.ndarray  # int
    rate: np.ndarray
    unit: np.ndarray
    unit_price: np.ndarray  # dollars
    section_301: np.ndarray
    metal: np.ndarray  # 0 none, 1 steel, 2 aluminum
    exempt: np.ndarray  # of the emergency duties
    other_agency: np.ndarray
    agriculture: np.ndarray
    dumped: np.ndarray  # subject to an antidumping order from some origins

    def of_heading(self, heading: int) -> np.ndarray:
        """Indices of the products in a heading."""
        return np.flatnonzero(self.heading == heading)


def catalogue() -> Catalogue:
    """Read the table above."""
    rows: list[tuple[str, int, int, int, str, float, int, str]] = []
    center = 0
    for text in TABLE.strip().splitlines():
        cells = text.split()
        if len(cells) == 1:
            center = CENTERS.index(cells[0])
            continue
        heading, first, second, rate, unit, price, listed, flags = cells
        for tail in (first, second):
            basis = (round(float(rate) * 100), unit, float(price), round(float(listed) * 100), flags)
            rows.append((heading + tail, center, int(heading), *basis))
    columns = list(zip(*rows, strict=True))
    marks = columns[7]
    return Catalogue(
        hts=np.array(columns[0]),
        center=np.array(columns[1]),
        heading=np.array(columns[2]),
        rate=np.array(columns[3], dtype=np.int64),
        unit=np.array(columns[4]),
        unit_price=np.array(columns[5]),
        section_301=np.array(columns[6], dtype=np.int64),
        metal=np.array([1 if "s" in f else 2 if "a" in f else 0 for f in marks]),
        exempt=np.array(["x" in f for f in marks]),
        other_agency=np.array(["g" in f for f in marks]),
        agriculture=np.array(["q" in f for f in marks]),
        dumped=np.array(["r" in f for f in marks]),
    )
