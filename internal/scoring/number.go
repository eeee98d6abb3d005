package scoring

import (
	"math/big"
	"strconv"
	"strings"
)

// Figure is an exact number together with the text that people read.
type Figure struct {
	Exact *big.Rat
	Text  string
}

// String is the text that people read.
func (f Figure) String() string { return f.Text }

// longestNumber keeps a typing accident from becoming a number.
const longestNumber = 64

// ParseDecimal reads digits with an optional decimal point and digits behind
// it, and nothing else: no sign, exponent, fraction, separator, space or
// full-width character. The number must lie between the two bounds, both
// included. The error is a *Problem without a path.
func ParseDecimal(s string, lowest, highest int64) (*big.Rat, error) {
	n, p := decimal(s, lowest, highest)
	if p != nil {
		return nil, p
	}
	return n, nil
}

func decimal(s string, lowest, highest int64) (*big.Rat, *Problem) {
	bounds := []string{"value", s, "min", strconv.FormatInt(lowest, 10), "max", strconv.FormatInt(highest, 10)}
	if code := numberFault(s); code != "" {
		return nil, problem(code, "", append(bounds, "most", strconv.Itoa(longestNumber))...)
	}
	n, _ := new(big.Rat).SetString(s)
	if n.Cmp(new(big.Rat).SetInt64(lowest)) < 0 || n.Cmp(new(big.Rat).SetInt64(highest)) > 0 {
		return nil, problem(NumberRange, "", bounds...)
	}
	return n, nil
}

// numberFault names the first reason why a text is not a plain decimal.
func numberFault(s string) Code {
	if s == "" {
		return NumberEmpty
	}
	if plainDecimal(s) {
		if len(s) > longestNumber {
			return NumberLong
		}
		return ""
	}
	for _, r := range s {
		switch {
		case r >= '！' && r <= '～':
			return NumberFullWidth
		case r == ' ' || r == '\t' || r == '\u00a0' || r == '\u3000':
			return NumberSpace
		}
	}
	switch {
	case strings.ContainsAny(s[:1], "+-") || strings.HasPrefix(s, "−"):
		return NumberSign
	case strings.Contains(s, ","):
		return NumberComma
	case strings.Contains(s, "/"):
		return NumberFraction
	case strings.Contains(s, "%"):
		return NumberPercent
	case strings.Trim(s, "0123456789.+-eE") == "" && strings.Count(strings.ToLower(s), "e") == 1:
		return NumberExponent
	}
	return NumberSyntax
}

// plainDecimal is the grammar: digits, or digits "." digits.
func plainDecimal(s string) bool {
	whole, fraction, dotted := strings.Cut(s, ".")
	return digits(whole) && (!dotted || digits(fraction))
}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// looksNumeric tells whether a person who wrote s meant a number.
func looksNumeric(s string) bool {
	for _, r := range s {
		return r >= '0' && r <= '9' || r >= '０' && r <= '９' || strings.ContainsRune("+-−.．", r)
	}
	return false
}

// Round prints an exact number with so many decimals, rounded half away from
// zero. It never prints a negative zero.
func Round(n *big.Rat, decimals int) string {
	text := n.FloatString(decimals)
	if strings.HasPrefix(text, "-") && strings.Trim(text, "-0.") == "" {
		return text[1:]
	}
	return text
}

// Exact prints a number without any rounding: as a decimal where it ends, as a
// fraction such as 2/3 where it does not.
func Exact(n *big.Rat) string {
	if decimals, ends := n.FloatPrec(); ends {
		return n.FloatString(decimals)
	}
	return n.RatString()
}

func exact(n *big.Rat) Figure { return Figure{Exact: n, Text: Exact(n)} }

func rounded(n *big.Rat, decimals int) Figure {
	return Figure{Exact: n, Text: Round(n, decimals)}
}

// AtLeast is how many of n units a quota of "at least this share" asks for:
// rounded up.
func AtLeast(n int, share *big.Rat) int {
	return -divide(n, new(big.Rat).Neg(share))
}

// AtMost is how many of n units a quota of "at most this share" allows:
// rounded down.
func AtMost(n int, share *big.Rat) int {
	return divide(n, share)
}

// divide is the floor of n times share. big.Int.Div is Euclidean, which is the
// floor for a positive divisor; a denominator is always positive.
func divide(n int, share *big.Rat) int {
	product := new(big.Int).Mul(big.NewInt(int64(n)), share.Num())
	return int(product.Div(product, share.Denom()).Int64())
}
