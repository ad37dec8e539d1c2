"""The shapes that addresses have in chat, and the numbers that are none."""

import re

from bot.nlp.numerals import NUMERAL

N = rf"(?:\d{{1,3}}|[{NUMERAL}]{{1,4}})"
# What may stand between the parts of one address.
_GAP = r"[\s,-]{0,2}"
_THERE = r"(?:的|那个|这个)?"
ROOM = rf"(?:\d{{3,4}}[a-h]?|\d{{1,2}}[a-h](?=[室房户号])|[{NUMERAL}]{{3,5}})"
_NO_AMOUNT = (
    r"(?!\s?(?:块|元|万|年|度|平|千瓦|k?w(?![a-z])|m(?![a-z])|米|公里|分钟|分(?!机)|点|次|个|人|号线|天|月|斤|吨|毫|ml|g|路|家(?![里中的])|"
    r"件|张|步|秒|小时|多|左右|期|页|例|条|辆|台|部|盏|位数|厘|平方|股|字|遍|回|兆|瓦|伏))"
)
# 一栋楼, 两栋楼, 这栋 count or point; 1#水泵 is a machine.
_BUILDING = (
    rf"(?P<building>(?<![\d.\-{NUMERAL}a-z第好几])(?:{N}|[a-z]\d{{0,2}}))\s?"
    rf"(?:号?楼?[栋幢]楼?|号楼|#楼?(?!机|泵|水泵|梯|电梯|变|锅炉|门|车位|岗)|座|号宿舍楼?|宿舍楼|公寓楼|dong|hao\s?lou|"
    rf"号(?:公寓|厂房|写字楼|教学楼|住院楼|实验楼|办公楼|男生楼|女生楼)|[舍教](?=\s?{ROOM})|"
    rf"(?:号|楼|号院)(?=\s?(?:{N}单元|{ROOM}[室房户号]?(?![\d{NUMERAL}楼层月日点])))|楼(?=\s?{N}(?:单元|门)))"
)
_UNIT = rf"(?P<unit>{N}|[a-d甲乙丙丁东西])\s?(?:单元|danyuan|[门梯](?=\s?{ROOM}))"
# Right behind a house 2门 is a unit without a room as well; 2门禁 is not.
_ITS_UNIT = rf"(?:{_UNIT}|(?P<door_unit>[1-9一二三四五六七八九])门(?![口禁卫岗锁面诊铃洞]))"
_END = rf"(?![\d{NUMERAL}%]|:\d\d|\.\d|[-/]\d)"
_FLOOR_BEFORE = rf"(?:{N}\s?[楼层f]{_GAP}(?={ROOM}))?"
_ROOM_PART = (
    rf"(?:(?P<floor>{N})\s?[楼层f]{_GAP}(?:(?P<door>(?:0[1-9]|[1-4]\d|零[一二三四五六七八九]|[1-9一二三四五六七八九])(?=[室房户号]))"
    rf"[室房户号]|(?P<door2>0[1-9]|零[一二三四五六七八九])(?![\d{NUMERAL}]))|"
    rf"(?P<room>{ROOM}){_END}{_NO_AMOUNT}(?:号?[室房户]|号(?![楼栋线]))?)"
)
LONG = re.compile(
    rf"{_BUILDING}{_THERE}{_GAP}(?:{_ITS_UNIT})?{_THERE}{_GAP}(?:(?P<short_unit>{N})-)?{_FLOOR_BEFORE}(?:{_ROOM_PART})?"
)
# 楼栋:7 单元:2 房号:1405
FORM = re.compile(
    rf"(?:楼栋|楼号|栋号|几栋|楼座|幢号)[:\s]{{1,2}}(?P<building>{N}|[a-z]\d?)(?:[栋幢座#]|号楼)?[\s,;]{{0,3}}"
    rf"(?:单元号?[:\s]{{1,2}}(?P<unit>{N})(?:单元)?[\s,;]{{0,3}})?(?:(?:房间?号|门牌号?|室号|房号|房间)[:\s]{{1,2}}(?P<room>{ROOM}))?"
)
DASHED = re.compile(
    rf"(?<![\d\-/.a-z{NUMERAL}])(?P<building>\d{{1,2}}|[a-z]\d{{0,2}}|[{NUMERAL}]{{1,3}})\s?(?:栋|号楼|#|幢|座)?\s?[-/]\s?"
    rf"(?P<unit>\d{{1,2}}|[{NUMERAL}]{{1,2}})\s?(?:单元)?\s?[-/]\s?(?P<room>\d{{3,4}}[a-h]?|\d{{2}}[a-h]|[{NUMERAL}]{{3,4}})"
    rf"(?![\d\-/.{NUMERAL}]|:\d\d)"
)
SHORT = re.compile(
    r"(?<![\d\-/.a-z])(?![bl][1-4]\s?-)(?P<building>\d{1,2}|[a-z]\d{0,2})\s?[-]\s?(?P<room>\d{3,4}[a-h]?)(?![\d\-/.]|:\d\d)"
    + _NO_AMOUNT
)
PAIR = re.compile(
    rf"(?<![\d\-/.])(?P<building>\d{{1,2}}|[a-z])-(?P<unit>\d{{1,2}})单元{_GAP}{_FLOOR_BEFORE}(?:{_ROOM_PART})?"
)
# 7-2 where an address would stand: at the edge of a clause, or before a lift, a lobby, a floor.
PAIR_AT_EDGE = re.compile(
    rf"(?:(?<=[\s,:])|^)(?P<building>[1-9]\d?)-(?P<unit>[1-6])(?=\s?(?:$|,|[客货]梯|电梯|大堂|那[部台]|楼下|{N}[楼层]))"
)
# A1203: the letter of the house and the room in one.
LETTER_ROOM = re.compile(
    r"(?:(?:公寓|房号:?|房间|房|宿舍)\s?|(?<=[\s,])|^)(?P<building>[a-d])(?P<room>[1-9]\d{2,3})(?![\da-z\-/.])"
    + _NO_AMOUNT
)
UNIT_ONLY = re.compile(rf"(?<![\d\-{NUMERAL}]){_UNIT}{_THERE}{_GAP}{_FLOOR_BEFORE}(?:{_ROOM_PART})?")
ROOM_ONLY = re.compile(
    rf"(?<![\d\-/.:{NUMERAL}])(?:(?P<floor>{N})\s?[楼层f]{_GAP}(?:(?P<door>(?:0[1-9]|零[一二三四五六七八九]|[1-9])(?=[室房户号]))"
    rf"[室房户号]|(?P<door2>0[1-9]|零[一二三四五六七八九])(?![\d{NUMERAL}]))|"
    rf"(?P<room>\d{{3,4}}[a-h]?|\d{{2}}[a-h]|[{NUMERAL}]{{3,4}})(?:号?[室房户](?!间数)|号房|房间|寝室|宿舍|那屋|屋里|门缝|门口|住户|业主|租户|客人))"
)
# A number alone is a room where an address would stand: after words that lead to one, or at the edge of a clause.
_LEADS = (
    r"我家|我是|我们家?|家住|住在|我住|住|房号|门牌号?|楼上|楼下|隔壁|对门|对面|地址|业主|这里是|这是|这里|住户|宿舍|公寓|寝室|"
    r"房间|单间|客房|租房|室|我们?在|我这|俺家?|咱家?|替|帮|给|家|是|在|到|去|来|电梯厅|门口|包间|商铺|铺|户号|我|了,|住的"
)
_FOLLOWS = (
    r"$|[\s,?]|的|家|业主|住户|门口|报|这|那|阳台|厨房|卫生间|厕所|客厅|卧室|次卧|主卧|书房|洗手间|浴室|空调|马桶|水|灯|门|窗|"
    r"没|漏|停|有|在|室|房|租|客|办公|会议|热|暖|插|电|网|下|楼|天花|墙|地|燃|煤|对讲|可视|入户|玄关|里|厅|屋|装修|上次|昨|前天|今|刚|反映|来电|王|李|张|洗|冰|柜|"
    r"一下|到现在|于|闻|说|天天|每|又|老是|整"
)
ROOM_LED = re.compile(
    rf"(?:^\s*|[,\s]|{_LEADS})[是:号的, ]{{0,2}}(?P<room>[1-9]\d{{2,3}}[a-h]?){_END}{_NO_AMOUNT}(?!\s?[-/月日号])"
    rf"(?=\s?(?:{_FOLLOWS}))"
)
ROOM_AT_EDGE = re.compile(
    rf"(?:(?<=[,\s\u4e00-\u9fff])(?P<room>[1-9]\d{{2,3}}[a-h]?)|(?:(?<=[,\s])|^)(?P<room2>[{NUMERAL}]{{3,4}}))"
    rf"(?:的)?(?=\s?(?:$|,))"
)
# Whoever begins with a number and goes on in words names a room (703浴缸水放不掉), unless it counts something.
ROOM_FIRST = re.compile(
    rf"(?:^|(?<=[,:]))(?P<room>[1-9]\d{{2,3}})(?![\d%]){_NO_AMOUNT}(?!\s?[-/月日号栋幢座]|开头|昏)(?=[\u4e00-\u9fff])"
)
# Before a number at the edge of a clause these say that it counts something else.
NO_ROOM_BEFORE = re.compile(
    r"(?:花|充|交|欠|付|缴|扣|收|要|共|约|第|号|单|尾号|型号|话|密码|码|牌|租金|押金|价|钱|费|赔|过|租|试|test|概|多|才|总|打|拨|报警|度|"
    r"款|元|块|编|款|到|日|月|点|后|差|剩|超|达|近)(?:了|是|:|为|个)?\s?$"
)
ENGLISH = re.compile(
    r"(?<![a-z])(?:building|bldg|block|tower|blk)\s?(?P<building>\d{1,2}|[a-z](?![a-z]))"
    r"(?:[\s,]{0,2}unit\s?(?P<unit>\d{1,2})(?!\d))?(?:[\s,]{0,2}(?:room|flat|apt|apartment|rm|unit)\.?\s?(?P<room>\d{3,4}[a-h]?))?"
)
ENGLISH_ROOM = re.compile(r"(?<![a-z])(?:room|flat|apt|apartment|rm|unit)\.?\s?#?(?P<room>\d{3,4}[a-h]?)(?!\d)")
NO_ROOM = frozenset(("110", "119", "120", "122", "911", "114", "12345", "666", "888", "999"))
FLOOR = re.compile(
    rf"(?<![\d\-{NUMERAL}.a-z#好几每整])(?P<floor>\d{{1,2}}[a-d]?|[{NUMERAL}]{{1,3}})(?:[楼层](?!道灯泡|[上下梯]?的?(?:高|厚))(?!单元|楼)|f(?![a-z]))"
    rf"(?:\s?(?:到|至|-|~)\s?(?P<last>\d{{1,2}}|[{NUMERAL}]{{1,3}})(?:[楼层]|f(?![a-z])))?"
)
ENGLISH_FLOOR = re.compile(
    r"(?<![a-z])(?:floor|level|lvl)\s?(?P<floor>\d{1,2})(?!\d)|(?<!\d)(?P<floor2>\d{1,2})(?:st|nd|rd|th)\s?(?:floor|fl)"
)
LEVEL = r"(?:负[一二三四1234](?:楼|层)?|地下[一二三四1234]层?|b[1-4](?:层|楼)?(?![\d-]*\d{3})|-[1-4](?:楼|层))"
PHONE = re.compile(r"(?<![\d])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\d)0\d{2,3}-?[2-9]\d{6,7}(?!\d)")
NUMBERS = re.compile(
    r"\d{4}[-/.年]\d{1,2}(?:[-/.月]\d{1,2}[日号]?)?|\d{1,2}月\d{1,2}[日号]?|(?<!\d)\d{4}\s\d{4}(?!\d)|(?<!\d)\d{1,2}(?::\d\d|[点时]\d{0,2})分?|"
    r"\d{1,2}号(?:线|上午|下午|晚上|早上|中午|之前|以前|开始|那天|报|就)|(?:工单|单号|订单号?|取件码|验证码|密码(?:是不是|是)?|工号|尾号|编号|"
    r"型号|车牌号?|图号|票号|发票号?)\s?[#号:是]?\s?[a-z]{0,3}[\d-]{1,12}|"
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z]·?[0-9a-z]{5,6}|\d{5,}|[\d.]{1,6}(?:kw|千瓦|平米|平方|公分|厘米)"
)
# 几栋, 一栋楼, 两栋楼之间: counted, not named.
COUNTED = re.compile(
    rf"(?<![{NUMERAL}\d]){N}(?:号?楼|栋|号)?\s?(?:到|至|~)\s?{N}(?:号楼|栋|幢|座)(?!{N}?单元)|"
    rf"(?<![{NUMERAL}\d]){N}(?:号楼|栋|座)\s?(?:和|跟|与)\s?{N}(?:号楼|栋|座)(?=之间|中间|当中|连廊|的?空中)|"
    rf"(?<![{NUMERAL}\d])(?:一|两|几|整|每|这|那)(?:栋|幢|座)楼?(?!\d|{N}?单元)|(?:一|整|每|这|那|两)层楼?|一楼里|几号楼|哪[栋幢座]|几[栋幢]"
)
