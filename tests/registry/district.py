"""A small district to spoil in tests, and a large one to measure."""

import csv
from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any

import openpyxl

from bot.registry_files import read_sheets
from bot.registry_words import vocabulary
from domain.registry_book import Problem, RawSheet, Understood
from domain.registry_reading import understand
from domain.terms import check
from locales.catalogue import Catalogue

Rows = list[list[Any]]
WORDS = Catalogue.load()
VOCABULARY = vocabulary(WORDS)


SMALL: dict[str, Rows] = {
    "单位": [
        ["编号", "名称", "类型", "上级单位"],
        ["Q", "云山区", "区", None],
        ["S", "临江街道", "街道镇", "Q"],
        ["C", "滨河社区", "社区村", "S"],
    ],
    "工作室": [
        ["编号", "名称", "类型", "地址", "纬度", "经度", "所属单位", "主题"],
        ["W1", "临江街道党代表工作室", "综合", "临江路58号", 30.31, 119.08, "S", None],
        ["W2", "区直党代表工作室", "区直综合", "人民路1号", 30.32, 119.07, "Q", None],
    ],
    "党代表": [
        [
            "编号",
            "姓名",
            "层级",
            "代表小组",
            "选举单位",
            "工作室",
            "职务",
            "公开联系方式",
            "承诺",
            "能帮什么",
            "状态",
        ],
        ["D1", "周文斌", "区", "一组", "临江街道", "W1", "教师", "工作室", "有回音", "入学", "在任"],
        ["D2", "陆晓梅", "镇", "一组", "临江街道", "W1", "医生", "工作室", "有回音", "就医", None],
        ["D3", "雷振国", "市", "二组", "驻区部队", None, "干部", None, None, None, "部队"],
    ],
    "联络员": [
        ["编号", "姓名", "电话", "工作室", "状态"],
        ["L1", "林晓燕", "0000-6620101", "W1", "在任"],
        ["L2", "高志鹏", "0000-6620102", "W2", "在任"],
    ],
    "承办单位": [["编号", "名称", "电话"], ["P1", "区住建局", "0000-6630001"]],
    "经办人": [["编号", "承办单位", "姓名", "电话"], ["C1", "P1", "钟毅", "0000-6631001"]],
    "分类": [["编号", "名称", "关键词", "承办单位", "紧急"], ["house", "房屋", "漏水、裂缝", "P1", "否"]],
    "联络办": [["编号", "姓名", "电话", "状态"], ["O1", "楚怀远", "0000-6600001", "在任"]],
}


def small() -> dict[str, Rows]:
    """One street, two workrooms, three representatives, as a person would type them; to be spoilt."""
    return deepcopy(SMALL)


def large(rooms: int, people: int) -> dict[str, Rows]:
    """A city's registry: eight representatives a workroom, a liaison each."""
    district = small()
    district["工作室"][1:] = [
        [f"W{n}", f"第{n}工作室", "基层", f"长街{n}号", 30 + n / 9000, 119 + n / 7000, "C", "知党情"]
        for n in range(rooms)
    ]
    district["联络员"][1:] = [[f"L{n}", f"联络{n}", f"0000-{n:07}", f"W{n}", "在任"] for n in range(rooms)]
    pledge = "每月到工作室接待一次,您说的事我当面记下。"
    district["党代表"][1:] = [
        [
            f"D{n}",
            f"代表{n}",
            "区",
            f"第{n // 18}组",
            "临江街道",
            f"W{n % rooms}",
            "教师",
            "工作室",
            pledge,
            "入学",
            "在任",
        ]
        for n in range(people)
    ]
    return district


def workbook(path: Path, sheets: dict[str, Rows]) -> Path:
    """The sheets as a real .xlsx file."""
    book = openpyxl.Workbook(write_only=True)
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def folder(path: Path, sheets: dict[str, Rows], encoding: str = "utf-8") -> Path:
    """The sheets as a folder of CSV files."""
    path.mkdir(exist_ok=True)
    for title, rows in sheets.items():
        with (path / f"{title}.csv").open("w", newline="", encoding=encoding) as file:
            csv.writer(file).writerows(rows)
    return path


def raw(sheets: dict[str, Rows]) -> list[RawSheet]:
    """The sheets as they would have been read."""
    return [RawSheet(t, [(n, tuple(row)) for n, row in enumerate(rows, 1)]) for t, rows in sheets.items()]


def understood(sheets: dict[str, Rows] | Path) -> Understood:
    """What comes of these sheets or of this file."""
    return understand(read_sheets(sheets) if isinstance(sheets, Path) else raw(sheets), VOCABULARY, check)


def told(problems: Iterable[Problem]) -> list[tuple[str, int, str, str]]:
    """Mistakes as sheet, row, column and kind."""
    return [(p.sheet, p.row, p.column, p.key.rpartition(".")[2]) for p in problems]
