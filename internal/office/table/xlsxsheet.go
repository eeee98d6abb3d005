package table

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// sheetSource streams the rows of one sheet.
type sheetSource struct {
	book  *book
	part  io.ReadCloser
	dec   *tokens
	size  uint64
	row   int
	limit int // columns
	ended bool
}

func (b *book) open(part string, opt Options) (*sheetSource, error) {
	in, err := b.part(part)
	if err != nil {
		return nil, err
	}
	return &sheetSource{book: b, part: in, dec: newTokens(in), size: b.parts[part].UncompressedSize64,
		limit: opt.MaxColumns}, nil
}

func (s *sheetSource) Close() error { return s.part.Close() }

func (s *sheetSource) progress() float64 {
	if s.size == 0 {
		return 1
	}
	return float64(s.dec.InputOffset()) / float64(s.size)
}

// next gives the next row element; a sheet without an end to its data is damaged, not short.
func (s *sheetSource) next(cells []string) (int, []string, *Problem, error) {
	for !s.ended {
		token, err := s.dec.Token()
		if err != nil {
			return s.row, cells[:0], nil, s.damaged(err)
		}
		switch el := token.(type) {
		case xml.StartElement:
			if el.Name.Local != "row" {
				continue
			}
			s.row++
			if n, err := strconv.Atoi(attr(el, "r")); err == nil && n > 0 {
				s.row = n
			}
			record, bad, err := s.readRow(cells[:0])
			if err != nil {
				err = s.damaged(err)
			}
			return s.row, record, bad, err
		case xml.EndElement:
			s.ended = el.Name.Local == "sheetData"
		}
	}
	return s.row, cells[:0], nil, io.EOF
}

// damaged puts the row into the problem. The end of the part before the end of the data is damage too.
func (s *sheetSource) damaged(err error) error {
	if errors.Is(err, io.EOF) {
		return &Problem{Line: s.row, Code: BadSpreadsheet}
	}
	err = damage(err)
	var bad *Problem
	if errors.As(err, &bad) {
		return &Problem{Line: s.row, Code: bad.Code, Args: bad.Args}
	}
	return err
}

func (s *sheetSource) readRow(cells []string) ([]string, *Problem, error) {
	var bad *Problem
	for column := 0; ; {
		token, err := s.dec.Token()
		if err != nil {
			return cells, nil, err
		}
		if _, end := token.(xml.EndElement); end {
			return cells, bad, nil
		}
		el, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if el.Name.Local != "c" {
			if err := s.dec.Skip(); err != nil {
				return cells, nil, err
			}
			continue
		}
		column++
		if n := columnOf(attr(el, "r")); n > 0 {
			column = n
		}
		text, problem, err := s.readCell(el)
		if err != nil {
			return cells, nil, err
		}
		if text == "" && problem == nil {
			continue
		}
		if column > s.limit {
			return cells, nil, &Problem{Line: s.row, Code: TooManyColumns, Args: limit(s.limit)}
		}
		if problem != nil && bad == nil {
			problem.Line, problem.Column = s.row, columnName(column)
			bad = problem
		}
		for len(cells) < column {
			cells = append(cells, "")
		}
		cells[column-1] = text
	}
}

// readCell reads to the end of the cell el.
func (s *sheetSource) readCell(el xml.StartElement) (text string, bad *Problem, err error) {
	var value []byte
	inline, formula, valued, inValue := "", false, false, false
	for {
		token, err := s.dec.Token()
		if err != nil {
			return "", nil, err
		}
		switch inner := token.(type) {
		case xml.StartElement:
			switch inner.Name.Local {
			case "v":
				valued, inValue = true, true
			case "is":
				if inline, err = readRichText(s.dec); err != nil {
					return "", nil, err
				}
			default:
				formula = formula || inner.Name.Local == "f"
				if err := s.dec.Skip(); err != nil {
					return "", nil, err
				}
			}
		case xml.CharData:
			if inValue {
				value = append(value, inner...)
			}
		case xml.EndElement:
			if inValue {
				inValue = false
				continue
			}
			if formula && !valued {
				return "", &Problem{Code: NoValue}, nil
			}
			return s.cellText(el, string(value), inline)
		}
	}
}

func (s *sheetSource) cellText(el xml.StartElement, value, inline string) (string, *Problem, error) {
	switch attr(el, "t") {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || i < 0 || i >= len(s.book.strings) {
			return "", nil, &Problem{Code: BadSpreadsheet}
		}
		return s.book.strings[i], nil, nil
	case "inlineStr":
		return inline, nil, nil
	case "str":
		return unescape(value), nil, nil
	case "e":
		return "", &Problem{Code: BadCell, Args: map[string]string{"value": value}}, nil
	case "b":
		return map[string]string{"1": "TRUE", "0": "FALSE"}[value], nil, nil
	case "d":
		return strings.TrimSuffix(value, "T00:00:00"), nil, nil
	}
	if value == "" {
		return "", nil, nil
	}
	style, err := strconv.Atoi(attr(el, "s"))
	if err != nil {
		style = 0
	}
	return s.book.number(value, style), nil, nil
}

// columnOf gives the number of the column in a cell's name, 1 for "A7", and 0 where there is none.
func columnOf(name string) int {
	n := 0
	for _, c := range []byte(name) {
		if c < 'A' || c > 'Z' || n > 1<<20 {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n
}

func columnName(n int) string {
	name := ""
	for ; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}
