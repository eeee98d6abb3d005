package table

import (
	"encoding/xml"
	"math"
	"strconv"
	"strings"
	"time"
)

// cellFormat is what a number format says of the number under it.
type cellFormat struct {
	date, clock bool
	// zeros is the width of a format of nothing but zeros: how codes with leading zeros are kept.
	zeros int
}

// maxSerial is 9999-12-31 as a spreadsheet counts days.
const maxSerial = 2958465

func (b *book) readStyles(part string) error {
	codes := map[string]string{}
	inCells := false
	return b.walk(part, maxPartBytes, func(_ *tokens, el xml.StartElement) error {
		switch el.Name.Local {
		case "numFmt":
			codes[attr(el, "numFmtId")] = attr(el, "formatCode")
		case "cellStyleXfs", "cellXfs", "cellStyles", "dxfs":
			inCells = el.Name.Local == "cellXfs"
		case "xf":
			if inCells && len(b.formats) < maxFormats {
				id := attr(el, "numFmtId")
				code, own := codes[id]
				if !own {
					code = builtIn(id)
				}
				b.formats = append(b.formats, parseFormat(code))
			}
		}
		return nil
	})
}

// builtIn gives the kinds of the built-in formats, those of East Asian locales (27-36, 50-58)
// included, as a format that parseFormat understands the same way.
func builtIn(id string) string {
	n, err := strconv.Atoi(id)
	switch {
	case err != nil:
		return ""
	case n >= 14 && n <= 17, n >= 27 && n <= 31, n == 36, n >= 50 && n <= 54, n == 57, n == 58:
		return "yyyy-mm-dd"
	case n >= 18 && n <= 21, n >= 32 && n <= 35, n >= 45 && n <= 47, n == 55, n == 56:
		return "hh:mm:ss"
	case n == 22:
		return "yyyy-mm-dd hh:mm"
	}
	return ""
}

// parseFormat reads the first section of a number format, that of positive numbers.
func parseFormat(code string) cellFormat {
	var letters strings.Builder
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				end = len(code) - i - 2
			}
			i += end + 1
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				end = len(code) - i - 1
			}
			if inner := strings.ToLower(strings.Trim(code[i:i+end], "[]")); inner != "" && strings.Trim(inner, "hms") == "" {
				letters.WriteByte('h') // time gone by
			}
			i += end
		case '\\', '_', '*':
			i++
		case ';':
			i = len(code)
		default:
			letters.WriteByte(c)
		}
	}
	text := strings.ToLower(letters.String())
	if text == "general" {
		return cellFormat{}
	}
	if text != "" && strings.Trim(text, "0") == "" {
		return cellFormat{zeros: len(text)}
	}
	clock := strings.ContainsAny(text, "hs")
	return cellFormat{date: strings.ContainsAny(text, "yd") || strings.Contains(text, "m") && !clock, clock: clock}
}

// number gives the text of a number cell: dates as YYYY-MM-DD, numbers in full without an exponent,
// to the fifteen digits that a spreadsheet itself keeps.
func (b *book) number(value string, style int) string {
	var format cellFormat
	if style >= 0 && style < len(b.formats) {
		format = b.formats[style]
	}
	n, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return value
	}
	if (format.date || format.clock) && n >= 0 && n < maxSerial+1 {
		return b.moment(n, format)
	}
	text := plainNumber(value, n)
	if len(text) < format.zeros && strings.Trim(text, "0123456789") == "" {
		text = strings.Repeat("0", format.zeros-len(text)) + text
	}
	return text
}

func plainNumber(value string, n float64) string {
	if len(value) <= 15 && !strings.ContainsAny(value, "eE") {
		return value
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(n, 'e', 14, 64), 64)
	if err != nil {
		return value
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// moment reads a day count. The count of 1900 has a 29 February that never was, as day 60.
func (b *book) moment(n float64, format cellFormat) string {
	day := math.Floor(n)
	seconds := math.Round((n - day) * 86400)
	if !format.date {
		hours := int(day)*24 + int(seconds)/3600
		return two(hours) + ":" + two(int(seconds)/60%60) + ":" + two(int(seconds)%60)
	}
	first := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case b.from904:
		first = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case day < 60:
		first = first.AddDate(0, 0, 1)
	}
	at := first.AddDate(0, 0, int(day)).Add(time.Duration(seconds) * time.Second)
	if format.clock && seconds != 0 {
		return at.Format(time.DateTime)
	}
	return at.Format(time.DateOnly)
}

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
