/** Hours by the letters people know them by; more than one zone where the letters do not tell. */
export const lettered: Readonly<Record<string, readonly string[]>> = {
  et: ["America/New_York"],
  est: ["America/New_York"],
  edt: ["America/New_York"],
  ct: ["America/Chicago"],
  cst: ["America/Chicago", "Asia/Shanghai"],
  cdt: ["America/Chicago"],
  mt: ["America/Denver"],
  mst: ["America/Denver", "America/Phoenix"],
  mdt: ["America/Denver"],
  pt: ["America/Los_Angeles"],
  pst: ["America/Los_Angeles"],
  pdt: ["America/Los_Angeles"],
  bst: ["Europe/London"],
  cet: ["Europe/Berlin"],
  cest: ["Europe/Berlin"],
  eet: ["Europe/Athens"],
  eest: ["Europe/Athens"],
  msk: ["Europe/Moscow"],
  ist: ["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"],
  hkt: ["Asia/Hong_Kong"],
  sgt: ["Asia/Singapore"],
  jst: ["Asia/Tokyo"],
  kst: ["Asia/Seoul"],
  aest: ["Australia/Sydney", "Australia/Brisbane"],
  aedt: ["Australia/Sydney"],
  nzst: ["Pacific/Auckland"],
  nzdt: ["Pacific/Auckland"],
};

/** What people call countries beside their full names. */
export const countries: Readonly<Record<string, string>> = {
  uk: "united kingdom",
  "great britain": "united kingdom",
  us: "united states of america",
  usa: "united states of america",
  "united states": "united states of america",
  america: "united states of america",
  uae: "united arab emirates",
};

const pairs = `beijing 北京|tianjin 天津|chongqing 重庆|guangzhou 广州|shenzhen 深圳|chengdu 成都|hangzhou 杭州|wuhan 武汉
xian 西安|nanjing 南京|suzhou 苏州|zhengzhou 郑州|changsha 长沙|shenyang 沈阳|qingdao 青岛|hefei 合肥|foshan 佛山
dongguan 东莞|ningbo 宁波|kunming 昆明|wuxi 无锡|jinan 济南|fuzhou 福州|xiamen 厦门|wenzhou 温州|harbin 哈尔滨
shijiazhuang 石家庄|dalian 大连|nanning 南宁|guiyang 贵阳|changchun 长春|nanchang 南昌|taiyuan 太原|zhuhai 珠海
lanzhou 兰州|haikou 海口|sanya 三亚|guilin 桂林|lijiang 丽江|lhasa 拉萨|xining 西宁|yinchuan 银川|kaohsiung 高雄
taichung 台中|tainan 台南|osaka 大阪|kyoto 京都|yokohama 横滨|nagoya 名古屋|sapporo 札幌|fukuoka 福冈|kobe 神户
busan 釜山|chiang mai 清迈|hanoi 河内|cebu 宿务|new delhi 新德里|delhi 德里|mumbai 孟买|bangalore 班加罗尔
abu dhabi 阿布扎比|jeddah 吉达|tel aviv 特拉维夫|manchester 曼彻斯特|birmingham 伯明翰|edinburgh 爱丁堡
cambridge 剑桥|oxford 牛津|liverpool 利物浦|glasgow 格拉斯哥|lyon 里昂|marseille 马赛|munich 慕尼黑
frankfurt 法兰克福|hamburg 汉堡|cologne 科隆|geneva 日内瓦|bern 伯尔尼|rotterdam 鹿特丹|barcelona 巴塞罗那
milan 米兰|florence 佛罗伦萨|venice 威尼斯|ankara 安卡拉|boston 波士顿|philadelphia 费城|miami 迈阿密
atlanta 亚特兰大|pittsburgh 匹兹堡|baltimore 巴尔的摩|orlando 奥兰多|houston 休斯敦|dallas 达拉斯|austin 奥斯汀
minneapolis 明尼阿波利斯|new orleans 新奥尔良|salt lake city 盐湖城|san francisco 旧金山|seattle 西雅图
san diego 圣地亚哥|san jose 圣何塞|las vegas 拉斯维加斯|ottawa 渥太华|montreal 蒙特利尔|calgary 卡尔加里
rio de janeiro 里约热内卢|canberra 堪培拉|wellington 惠灵顿|christchurch 基督城|cape town 开普敦`;

const both = pairs.split(/[|\n]/).map((pair) => {
  const space = pair.lastIndexOf(" ");
  return [pair.slice(0, space), pair.slice(space + 1)] as const;
});

/** chengdu: 成都. */
export const chineseOf: ReadonlyMap<string, string> = new Map(both);
/** 成都: Chengdu. */
export const latinOf: ReadonlyMap<string, string> = new Map(
  both.map(([latin, chinese]) => [chinese, latin.replace(/\b[a-z]/g, (first) => first.toUpperCase())]),
);
