package docx

import "strings"

var chineseDigits = []rune("零一二三四五六七八九")

// chineseNumber writes 1 to 9999 in Chinese, as headings do: 十, 十一, 二十, 一百零一. Other numbers
// come out in figures.
func chineseNumber(n int) string {
	if n < 1 || n > 9999 {
		return num(n)
	}
	var out strings.Builder
	gap := false
	for i, unit := range []struct {
		size int
		name string
	}{{1000, "千"}, {100, "百"}, {10, "十"}, {1, ""}} {
		digit := n / unit.size % 10
		if digit == 0 {
			gap = out.Len() > 0
			continue
		}
		if gap {
			out.WriteRune('零')
			gap = false
		}
		if digit != 1 || unit.size != 10 || i > 0 && n >= 100 {
			out.WriteRune(chineseDigits[digit])
		}
		out.WriteString(unit.name)
	}
	return out.String()
}

// numbering counts headings.
type numbering struct{ counts [4]int }

// next gives the mark of the next heading of a level, with what separates it from the text.
func (n *numbering) next(level int, language Language) string {
	i := min(max(level, 1), 4) - 1
	n.counts[i]++
	clear(n.counts[i+1:])
	if language == English {
		marks := make([]string, i+1)
		for j := range marks {
			marks[j] = num(max(n.counts[j], 1))
		}
		if i == 0 {
			return marks[0] + ". "
		}
		return strings.Join(marks, ".") + " "
	}
	switch i {
	case 0:
		return chineseNumber(n.counts[0]) + "、"
	case 1:
		return "（" + chineseNumber(n.counts[1]) + "）"
	case 2:
		return num(n.counts[2]) + "."
	}
	return "（" + num(n.counts[3]) + "）"
}
