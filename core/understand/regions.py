"""Names of states, provinces and large cities, by which addresses are known and completed."""

from __future__ import annotations

import re
from collections.abc import Iterable

US_STATES = {
    "Alabama": "AL", "Alaska": "AK", "Arizona": "AZ", "Arkansas": "AR", "California": "CA", "Colorado": "CO",
    "Connecticut": "CT", "Delaware": "DE", "District of Columbia": "DC", "Florida": "FL", "Georgia": "GA",
    "Hawaii": "HI", "Idaho": "ID", "Illinois": "IL", "Indiana": "IN", "Iowa": "IA", "Kansas": "KS", "Kentucky": "KY",
    "Louisiana": "LA", "Maine": "ME", "Maryland": "MD", "Massachusetts": "MA", "Michigan": "MI", "Minnesota": "MN",
    "Mississippi": "MS", "Missouri": "MO", "Montana": "MT", "Nebraska": "NE", "Nevada": "NV", "New Hampshire": "NH",
    "New Jersey": "NJ", "New Mexico": "NM", "New York": "NY", "North Carolina": "NC", "North Dakota": "ND",
    "Ohio": "OH", "Oklahoma": "OK", "Oregon": "OR", "Pennsylvania": "PA", "Rhode Island": "RI",
    "South Carolina": "SC", "South Dakota": "SD", "Tennessee": "TN", "Texas": "TX", "Utah": "UT", "Vermont": "VT",
    "Virginia": "VA", "Washington": "WA", "West Virginia": "WV", "Wisconsin": "WI", "Wyoming": "WY",
}  # fmt: skip
OTHER_STATES = {
    "Ontario": ("ON", "Canada"), "Quebec": ("QC", "Canada"), "British Columbia": ("BC", "Canada"),
    "Alberta": ("AB", "Canada"), "Manitoba": ("MB", "Canada"), "Saskatchewan": ("SK", "Canada"),
    "Nova Scotia": ("NS", "Canada"), "New Brunswick": ("NB", "Canada"),
    "New South Wales": ("NSW", "Australia"), "Victoria": ("VIC", "Australia"), "Queensland": ("QLD", "Australia"),
    "Western Australia": ("WA", "Australia"), "South Australia": ("SA", "Australia"), "Tasmania": ("TAS", "Australia"),
}  # fmt: skip
STATES = {
    **{name.lower(): (code, "USA") for name, code in US_STATES.items()},
    **{code.lower(): (code, "USA") for code in US_STATES.values()},
    **{name.lower(): place for name, place in OTHER_STATES.items()},
    **{code.lower(): (code, country) for code, country in OTHER_STATES.values() if code not in US_STATES.values()},
}
"""Names and codes in lower case -> code and country."""

US_CITIES = {
    "New York": "NY", "New York City": "NY", "NYC": "NY", "Los Angeles": "CA", "LA": "CA",
    "Chicago": "IL", "Houston": "TX",
    "Phoenix": "AZ", "Philadelphia": "PA", "San Antonio": "TX", "San Diego": "CA", "Dallas": "TX", "San Jose": "CA",
    "Austin": "TX", "Jacksonville": "FL", "Fort Worth": "TX", "Columbus": "OH", "Charlotte": "NC", "Indianapolis": "IN",
    "San Francisco": "CA", "Seattle": "WA", "Denver": "CO", "Washington DC": "DC",
    "Washington D.C.": "DC", "Boston": "MA",
    "El Paso": "TX", "Nashville": "TN", "Detroit": "MI", "Oklahoma City": "OK", "Portland": "OR", "Las Vegas": "NV",
    "Memphis": "TN", "Louisville": "KY", "Baltimore": "MD", "Milwaukee": "WI", "Albuquerque": "NM", "Tucson": "AZ",
    "Fresno": "CA", "Sacramento": "CA", "Kansas City": "MO", "Atlanta": "GA", "Omaha": "NE", "Miami": "FL",
    "Oakland": "CA", "Minneapolis": "MN", "Tampa": "FL", "New Orleans": "LA", "Cleveland": "OH", "Honolulu": "HI",
    "Orlando": "FL", "Pittsburgh": "PA", "Cincinnati": "OH", "Brooklyn": "NY", "Anchorage": "AK",
    "Salt Lake City": "UT",
}  # fmt: skip
"""Large cities -> the state that goes without saying."""
CITY_NAMES = {
    "nyc": "New York", "new york city": "New York", "la": "Los Angeles", "washington dc": "Washington",
    "washington d.c.": "Washington", "dc": "Washington", "d.c.": "Washington", "sf": "San Francisco",
    "vegas": "Las Vegas", "philly": "Philadelphia",
}  # fmt: skip
"""What people say -> what is written."""
WORLD_CITIES = {
    "London": "United Kingdom", "Manchester": "United Kingdom", "Birmingham": "United Kingdom", "Toronto": "Canada",
    "Vancouver": "Canada", "Montreal": "Canada", "Ottawa": "Canada", "Sydney": "Australia", "Melbourne": "Australia",
    "Brisbane": "Australia", "Berlin": "Germany", "Munich": "Germany", "Hamburg": "Germany", "Paris": "France",
    "Lyon": "France", "Shanghai": "China", "Beijing": "China", "Guangzhou": "China", "Shenzhen": "China",
    "Hangzhou": "China",
    "Chengdu": "China", "Wuhan": "China", "Xi'an": "China", "Nanjing": "China", "Hong Kong": "China",
    "Singapore": "Singapore", "Tokyo": "Japan", "Dublin": "Ireland", "Madrid": "Spain", "Rome": "Italy",
}  # fmt: skip
COUNTRIES = {
    "usa": "USA", "us": "USA", "u.s.": "USA", "u.s.a.": "USA", "u.s.a": "USA", "united states": "USA",
    "united states of america": "USA", "america": "USA", "uk": "United Kingdom", "united kingdom": "United Kingdom",
    "england": "United Kingdom", "great britain": "United Kingdom", "canada": "Canada", "australia": "Australia",
    "germany": "Germany", "france": "France", "china": "China", "ireland": "Ireland", "singapore": "Singapore",
    "japan": "Japan", "spain": "Spain", "italy": "Italy",
}  # fmt: skip

PROVINCES = {
    "北京": "北京", "天津": "天津", "上海": "上海", "重庆": "重庆",
    "河北": "石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水",
    "山西": "太原 大同 阳泉 长治 晋城 晋中 运城 临汾 吕梁",
    "辽宁": "沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 盘锦",
    "吉林": "长春 四平 延边",
    "黑龙江": "哈尔滨 齐齐哈尔 大庆 牡丹江 佳木斯",
    "江苏": "南京 苏州 无锡 常州 南通 徐州 扬州 镇江 盐城 泰州 连云港 淮安 宿迁 昆山 江阴 张家港",
    "浙江": "杭州 宁波 温州 绍兴 嘉兴 湖州 金华 台州 舟山 衢州 丽水 义乌 慈溪",
    "安徽": "合肥 芜湖 蚌埠 马鞍山 安庆 黄山 阜阳 六安 滁州 淮南 淮北",
    "福建": "福州 厦门 泉州 漳州 莆田 宁德 龙岩 三明 南平 晋江",
    "江西": "南昌 九江 赣州 景德镇 上饶 宜春 萍乡 新余 吉安 抚州",
    "山东": "济南 青岛 烟台 潍坊 威海 淄博 临沂 济宁 泰安 德州 聊城 日照 东营 枣庄 菏泽 滨州",
    "河南": "郑州 洛阳 开封 南阳 新乡 许昌 安阳 焦作 平顶山 商丘 信阳 周口 驻马店 濮阳",
    "湖北": "武汉 宜昌 襄阳 荆州 十堰 黄石 孝感 黄冈 咸宁 荆门 恩施",
    "湖南": "长沙 株洲 湘潭 衡阳 岳阳 常德 郴州 邵阳 张家界 永州 怀化 娄底",
    "广东": "广州 深圳 佛山 东莞 珠海 中山 惠州 汕头 湛江 江门 肇庆 茂名 揭阳 清远 韶关 梅州 潮州 阳江",
    "海南": "海口 三亚", "四川": "成都 绵阳 德阳 乐山 宜宾 泸州 南充 自贡 内江 达州 攀枝花 眉山",
    "贵州": "贵阳 遵义 安顺 六盘水", "云南": "昆明 大理 丽江 曲靖 玉溪 西双版纳",
    "陕西": "西安 咸阳 宝鸡 渭南 延安 汉中 榆林", "甘肃": "兰州 天水 酒泉 嘉峪关 敦煌", "青海": "西宁",
    "内蒙古": "呼和浩特 包头 鄂尔多斯 赤峰", "广西": "南宁 桂林 柳州 北海 玉林", "西藏": "拉萨", "宁夏": "银川",
    "新疆": "乌鲁木齐 喀什 克拉玛依 伊犁", "香港": "香港", "澳门": "澳门", "台湾": "台北 高雄 台中",
}  # fmt: skip
"""Provinces with their larger cities."""
PROVINCE_OF = {city: province for province, cities in PROVINCES.items() for city in cities.split()}


def _any(names: Iterable[str]) -> str:
    """Return a pattern of all names, the longest first."""
    return "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))


STATES_EN = _any({*US_STATES, *US_STATES.values(), *OTHER_STATES, *(code for code, _ in OTHER_STATES.values())})
CITIES_EN = _any({*US_CITIES, *WORLD_CITIES} - {"LA"})
COUNTRIES_EN = _any(COUNTRIES)
PROVINCES_ZH = _any(PROVINCES)
CITIES_ZH = _any({*PROVINCE_OF, *PROVINCES})
"""Alternatives for patterns."""
