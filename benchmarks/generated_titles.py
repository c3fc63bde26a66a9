"""Titles in Chinese, in Japanese, and in both Chinese and Latin letters, made of topic words and shared function words.

No spaces, 6 to 30 characters. Each title is of one of eight topics; a word in eleven is of another.
"""

from __future__ import annotations

import numpy as np

__all__ = ["LANGUAGES", "generated_titles"]

#: Share of words that are of any topic.
_STRAY = 1 / 10
#: Characters of a title.
_SHORTEST, _LONGEST = 6, 30
LANGUAGES = ("chinese", "japanese", "mixed")

_TOPICS = {
    "sport": (
        "足球 篮球 比赛 冠军 球队 教练 进球 联赛 运动员 决赛 主场 裁判",
        "サッカー 野球 試合 優勝 選手 監督 得点 球団 決勝 応援 投手 大会",
        "NBA FIFA Messi Olympics",
    ),
    "finance": (
        "股票 银行 利率 基金 投资者 债券 汇率 上市 贷款 市值 通胀 证券",
        "株価 銀行 金利 投資 為替 債券 融資 上場 円安 証券 資産 物価",
        "IPO ETF Nasdaq Dow",
    ),
    "medicine": (
        "医院 医生 疫苗 患者 手术 药物 病毒 治疗 症状 癌症 护士 血压",
        "病院 医師 ワクチン 患者 手術 薬 ウイルス 治療 症状 がん 看護師 血圧",
        "CT MRI DNA Pfizer",
    ),
    "space": (
        "火箭 卫星 宇航员 月球 发射 空间站 火星 轨道 望远镜 探测器 星系 黑洞",
        "ロケット 衛星 宇宙飛行士 月面 打ち上げ 火星 軌道 望遠鏡 探査機 銀河 惑星 ブラックホール",
        "NASA SpaceX Hubble Apollo",
    ),
    "food": (
        "火锅 厨师 美食 餐厅 味道 面条 蔬菜 烹饪 调料 甜点 牛肉 米饭",
        "料理 レシピ ラーメン 寿司 野菜 味噌 食堂 和食 お菓子 牛肉 ご飯 調味料",
        "Michelin pizza sushi wok",
    ),
    "computing": (
        "程序员 代码 软件 算法 芯片 服务器 人工智能 数据库 手机 操作系统 漏洞 编程",
        "プログラム コード ソフトウェア 半導体 サーバー 人工知能 データベース スマホ アプリ 開発者 通信 画面",
        "Python Linux GPU Android",
    ),
    "school": (
        "大学 老师 学生 考试 高考 课程 教育部 作业 校园 毕业 录取 奖学金",
        "大学 先生 学生 試験 受験 授業 教育 宿題 校舎 卒業 入学 奨学金",
        "MIT PhD TOEFL Harvard",
    ),
    "travel": (
        "旅游 景点 酒店 机票 航班 海滩 签证 游客 古城 行李 导游 门票",
        "旅行 観光 ホテル 航空券 温泉 空港 海岸 旅館 城下町 荷物 客室 切符",
        "Airbnb Paris visa Hilton",
    ),
}
#: What stands before, between and behind the topic words, of no topic.
_FUNCTION = {
    "chinese": (
        "如何 关于 今年 最新 我们的 什么是 为什么 怎样看 这个 谈谈 没有 不只是",
        "的 和 与 在 对 从 比 是 让 被 把 及其 以及 因为 所以 或者",
        "了 吗 呢 的变化 怎么办 有多少 的关系 来了 好不好 的故事 之后 问题",
    ),
    "japanese": (
        "今年の なぜ 新しい その これからの まず この あの もっと 実は 最近の 私の",
        "の と で に が は を も から まで より や として による への での",
        "とは です について になる の話 だった の方法 ですか の日 が始まる まとめ の秘密",
    ),
}  # fmt: skip


def generated_titles(language: str, n: int, seed: int) -> tuple[list[str], np.ndarray]:
    """Titles (n) in one of :data:`LANGUAGES`, and the numbers (n,) of their topics.

    Those of ``"mixed"`` are Chinese; one of the words in each is in Latin letters.
    """
    random_state = np.random.RandomState(seed)
    topics = [[part.split() for part in parts] for parts in _TOPICS.values()]
    before, between, behind = (words.split() for words in _FUNCTION["chinese" if language == "mixed" else language])
    y = random_state.randint(len(topics), size=n)
    titles = []
    for number in y:
        words = _words(topics, int(number), language, random_state)
        titles.append(_title(words, before, between, behind, random_state))
    return titles, y


def _words(
    topics: list[list[list[str]]], number: int, language: str, random_state: np.random.RandomState
) -> list[str]:  # fmt: skip
    """Two to four words of a topic, or here and there of another; those of a mixed title have one in Latin letters."""
    words = []
    for _ in range(random_state.randint(2, 5)):
        topic = topics[random_state.randint(len(topics)) if random_state.rand() < _STRAY else number]
        words.append(str(random_state.choice(topic[1 if language == "japanese" else 0])))
    if language == "mixed":
        words[random_state.randint(len(words))] = str(random_state.choice(topics[number][2]))
    return words


def _title(
    words: list[str], before: list[str], between: list[str], behind: list[str], random_state: np.random.RandomState
) -> str:  # fmt: skip
    """The words with a function word between each two, and in half of all titles one at either end."""
    title = words[0]
    for word in words[1:]:
        title += random_state.choice(between) + word
    title = random_state.choice(before) * random_state.randint(2) + title
    title += random_state.choice(behind) * random_state.randint(2)
    while len(title) < _SHORTEST:
        title += random_state.choice(behind)
    return str(title)[:_LONGEST]
