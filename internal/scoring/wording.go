package scoring

// The kinds of problem. A code is stable: pages and programs may rely on it.
const (
	NumberEmpty     Code = "number_empty"
	NumberFullWidth Code = "number_full_width"
	NumberSpace     Code = "number_space"
	NumberExponent  Code = "number_exponent"
	NumberFraction  Code = "number_fraction"
	NumberSign      Code = "number_sign"
	NumberComma     Code = "number_comma"
	NumberPercent   Code = "number_percent"
	NumberSyntax    Code = "number_syntax"
	NumberLong      Code = "number_long"
	NumberRange     Code = "number_range"

	IDEmpty   Code = "id_empty"
	IDSpace   Code = "id_space"
	IDControl Code = "id_control"
	IDDoubled Code = "id_doubled"

	ListEmpty      Code = "list_empty"
	WeightsSum     Code = "weights_sum"
	GradeIsNumber  Code = "grade_is_number"
	BandGrade      Code = "band_grade"
	BandDoubled    Code = "band_doubled"
	BandOrder      Code = "band_order"
	BandPoints     Code = "band_points"
	TrimEachEnd    Code = "trim_each_end"
	TrimThreshold  Code = "trim_threshold"
	EmptyClassRule Code = "empty_class_rule"
	DecimalsRange  Code = "decimals_range"
	QuotaBands     Code = "quota_bands"

	JSONSyntax Code = "json_syntax"
	// What was wanted where another kind of value stands.
	JSONObject   Code = "json_object"
	JSONList     Code = "json_list"
	JSONString   Code = "json_string"
	JSONNumber   Code = "json_number"
	JSONOther    Code = "json_other"
	JSONUnknown  Code = "json_unknown"
	JSONDoubled  Code = "json_doubled"
	JSONMissing  Code = "json_missing"
	TextEncoding Code = "text_encoding"
	TextTooLong  Code = "text_too_long"
	TextUnread   Code = "text_unread"

	CSVHeader  Code = "csv_header"
	CSVColumns Code = "csv_columns"
	CSVQuote   Code = "csv_quote"
	CSVBare    Code = "csv_bare"
	LineLong   Code = "line_long"

	ClassUnknown Code = "class_unknown"
	ItemUnknown  Code = "item_unknown"
	ValueUnknown Code = "value_unknown"
	MarkDoubled  Code = "mark_doubled"
	TallyDoubled Code = "tally_doubled"
	TallyCount   Code = "tally_count"
	PartUnknown  Code = "part_unknown"
	PartIsBallot Code = "part_is_ballot"
	PartDoubled  Code = "part_doubled"
	PartMissing  Code = "part_missing"
	PartsNeeded  Code = "parts_needed"
	UnitUnmarked Code = "unit_unmarked"
	ClassEmpty   Code = "class_empty"
	ClassesEmpty Code = "classes_empty"
	NothingThere Code = "nothing_there"

	SheetBounds Code = "sheet_bounds"
	SheetTimes  Code = "sheet_times"
)

// wording holds both languages side by side, so that neither can be forgotten.
var wording = map[Code]struct{ en, zh string }{
	NumberEmpty: {
		`a number from {min} to {max} is wanted, nothing stands here`,
		`此处应填 {min} 到 {max} 的数，现为空`},
	NumberFullWidth: {
		`{q:value} is written with full-width characters; type it with the plain digits 0 to 9 and "."`,
		`{q:value} 用了全角字符，请改用半角数字和小数点`},
	NumberSpace: {
		`{q:value} holds a space; a number from {min} to {max} is wanted`,
		`{q:value} 中有空格，应填 {min} 到 {max} 的数`},
	NumberExponent: {
		`{q:value} is written with an exponent; write the decimal number out`,
		`{q:value} 用了科学计数法，请写成普通小数`},
	NumberFraction: {
		`{q:value} is a fraction; write a decimal number`,
		`{q:value} 是分数，请写成小数`},
	NumberSign: {
		`{q:value} has a sign; a plain number from {min} to {max} is wanted`,
		`{q:value} 带有正负号，应填 {min} 到 {max} 的数`},
	NumberComma: {
		`{q:value} holds a comma; write the decimal point as "." and no other separators`,
		`{q:value} 中有逗号，小数点请用“.”，不要用分隔符`},
	NumberPercent: {
		`{q:value} holds a percent sign; write the decimal number alone`,
		`{q:value} 带有百分号，请只写小数`},
	NumberSyntax: {
		`{q:value} is not a decimal number; a number from {min} to {max} is wanted`,
		`{q:value} 不是小数，应填 {min} 到 {max} 的数`},
	NumberLong: {
		`{q:value} is longer than {most} characters`,
		`{q:value} 超过 {most} 个字符`},
	NumberRange: {
		`{value} is out of range; a number from {min} to {max} is wanted`,
		`{value} 超出范围，应填 {min} 到 {max} 的数`},

	IDEmpty:   {`nothing stands here`, `此处不能为空`},
	IDSpace:   {`{q:id} begins or ends with a space`, `{q:id} 的首尾有空格`},
	IDControl: {`{q:id} holds a control character`, `{q:id} 中有控制字符`},
	IDDoubled: {`{q:id} stands there twice`, `{q:id} 重复出现`},

	ListEmpty:  {`at least one is needed`, `至少要有一项`},
	WeightsSum: {`the weights sum to {sum}, not to 1`, `权重之和为 {sum}，应为 1`},
	GradeIsNumber: {
		`{q:id} begins like a number, so a mark of {q:id} could mean either; use a word`,
		`等次编号 {q:id} 以数字开头，会与分数混淆，请改用文字`},
	BandGrade:   {`{q:grade} is not a grade of the plan`, `方案中没有等次 {q:grade}`},
	BandDoubled: {`grade {q:grade} has a band already`, `等次 {q:grade} 已有分数段`},
	BandOrder: {
		`{from} does not lie below {above}; the bands must fall, the best first`,
		`{from} 不低于上一段的 {above}；分数段应从高到低排列`},
	BandPoints: {
		`grade {q:grade} has more points than {q:above}, whose band lies higher`,
		`等次 {q:grade} 的分值高于 {q:above}，但其分数段较低`},
	TrimEachEnd: {
		`{n} can't be left out at each end; at least 1 is needed (null for no trim)`,
		`每端去掉 {n} 个不成立，至少为 1（不去高低分请填 null）`},
	TrimThreshold: {
		`more than {n} marks are too few to leave {each} out at each end; at least {least} is needed`,
		`有效分多于 {n} 个时每端去掉 {each} 个会不够，此数至少为 {least}`},
	EmptyClassRule: {
		`{q:value} is not a rule for empty classes; "refuse" or "renormalise" is wanted`,
		`{q:value} 不是空票类的处理方式，应为 "refuse" 或 "renormalise"`},
	DecimalsRange: {
		`{n} decimals can't be printed; 0 to {most} is wanted`,
		`小数位数 {n} 不成立，应为 0 到 {most}`},
	QuotaBands: {
		`a quota below the top band needs bands`,
		`设有比例要求，就必须设分数段`},

	JSONSyntax:   {`broken JSON: {reason}`, `JSON 格式有误：{reason}`},
	JSONObject:   {`an object {…} is wanted here`, `此处应为对象 {…}`},
	JSONList:     {`a list […] is wanted here`, `此处应为列表 […]`},
	JSONString:   {`a text in quotation marks is wanted here`, `此处应为带引号的文字`},
	JSONNumber:   {`a whole number is wanted here`, `此处应为整数`},
	JSONOther:    {`null, true or false is wanted here`, `此处应为 null、true 或 false`},
	JSONUnknown:  {`{q:name} is not a field of a plan here`, `方案此处没有字段 {q:name}`},
	JSONDoubled:  {`field {q:name} stands there twice`, `字段 {q:name} 重复出现`},
	JSONMissing:  {`field {q:name} is missing`, `缺少字段 {q:name}`},
	TextEncoding: {`the text is not UTF-8; save the file as UTF-8`, `文件不是 UTF-8 编码，请另存为 UTF-8`},
	TextTooLong:  {`the text is longer than {most} bytes`, `文件超过 {most} 字节`},
	TextUnread:   {`the text can't be read: {reason}`, `文件无法读取：{reason}`},

	CSVHeader: {
		`the first line must be the header {wanted}, found {q:found}`,
		`首行必须是表头 {wanted}，现为 {q:found}`},
	CSVColumns: {
		`{found} columns, {wanted} are wanted ({header})`,
		`有 {found} 列，应为 {wanted} 列（{header}）`},
	CSVQuote: {
		`broken CSV: a quoted field is not closed properly on its line`,
		`CSV 格式有误：引号没有在本行正确闭合`},
	CSVBare: {
		`broken CSV: a quotation mark stands inside a field that does not begin with one`,
		`CSV 格式有误：未加引号的字段中出现了引号`},
	LineLong: {`the line is longer than {most} bytes`, `本行超过 {most} 字节`},

	ClassUnknown: {`{q:class} is not a class of the plan`, `方案中没有票类 {q:class}`},
	ItemUnknown:  {`{q:item} is not an item of the plan`, `方案中没有评议项 {q:item}`},
	ValueUnknown: {
		`{q:value} is neither a grade of the plan nor a number from {min} to {max}`,
		`{q:value} 既不是方案中的等次，也不是 {min} 到 {max} 的数`},
	MarkDoubled: {
		`ballot {q:ballot} of class {q:class} has marked unit {q:unit} on item {q:item} already`,
		`{q:class} 类选票 {q:ballot} 已对 {q:unit} 的 {q:item} 打过分`},
	TallyDoubled: {
		`class {q:class}, unit {q:unit}, item {q:item} has been tallied already`,
		`{q:class} 类对 {q:unit} 的 {q:item} 已有计票数`},
	TallyCount: {
		`{n} is not a count from 0 to {most}`,
		`票数 {n} 不成立，应为 0 到 {most}`},
	PartUnknown: {`{q:part} is not a part of the plan`, `方案中没有组成部分 {q:part}`},
	PartIsBallot: {
		`the score of part "ballot" comes from the ballots, it can't be given here`,
		`“ballot” 的得分由选票得出，不能在此给出`},
	PartDoubled: {
		`unit {q:unit} has a score for part {q:part} already`,
		`{q:unit} 的 {q:part} 已有得分`},
	PartMissing: {
		`unit {q:unit} has no score for part {q:part}`,
		`{q:unit} 缺少 {q:part} 的得分`},
	PartsNeeded: {
		`part {q:part} needs a score for every unit, and no table of parts is given`,
		`组成部分 {q:part} 需要各单位的得分，但没有提供得分表`},
	UnitUnmarked: {
		`unit {q:unit} stands in no ballot, and part "ballot" of the plan needs one`,
		`{q:unit} 没有任何选票，而方案含有 “ballot” 部分`},
	ClassEmpty: {
		`unit {q:unit} has no valid mark of class {q:class} on item {q:item}, and the plan refuses empty classes`,
		`{q:unit} 在 {q:class} 类的 {q:item} 上没有有效票，方案规定此时不予计算`},
	ClassesEmpty: {
		`unit {q:unit} has no class left to renormalise: no class that weighs anything has a valid mark on every item`,
		`{q:unit} 没有可供折算的票类：有权重的票类都缺少有效票`},
	NothingThere: {
		`no mark follows the header, there is nothing to score`,
		`表头之后没有任何数据，无从计算`},

	SheetBounds: {
		`floor {floor}, start {start} and ceiling {ceiling} are not in rising order`,
		`下限 {floor}、起评分 {start}、上限 {ceiling} 应由低到高`},
	SheetTimes: {
		`{n} is not a number of times from 1 to {most}`,
		`次数 {n} 不成立，应为 1 到 {most}`},
}
