package flow

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTimesOfISO8601(t *testing.T) {
	for text, want := range map[string]string{
		"2022-01-25T09:05:06Z":             "2022-01-25T09:05:06Z",
		"2022-01-25t09:05:06z":             "2022-01-25T09:05:06Z",
		"2022-01-25 09:05:06":              "2022-01-25T09:05:06Z",
		"2022-01-25T09:05:06+08:00":        "2022-01-25T01:05:06Z",
		"2022-01-25T09:05:06 +08:00":       "2022-01-25T01:05:06Z",
		"2022-01-25T09:05:06-0330":         "2022-01-25T12:35:06Z",
		"2022-01-25T09:05:06+08":           "2022-01-25T01:05:06Z",
		"2022-01-25T09:05:06.5Z":           "2022-01-25T09:05:06.5Z",
		"2022-01-25T09:05:06,123456789Z":   "2022-01-25T09:05:06.123456Z",
		"2022-01-25T09:05:06.000001+00:00": "2022-01-25T09:05:06.000001Z",
		"2022-01-25T09:05Z":                "2022-01-25T09:05:00Z",
		"2022-01-25 09":                    "2022-01-25T09:00:00Z",
		"2022-01-25":                       "2022-01-25T00:00:00Z",
		"20220125":                         "2022-01-25T00:00:00Z",
		"20220125T090506+0800":             "2022-01-25T01:05:06Z",
		"20220125T0905":                    "2022-01-25T09:05:00Z",
		"2020-02-29":                       "2020-02-29T00:00:00Z",
		"2000-02-29":                       "2000-02-29T00:00:00Z",
		"2022-01-25T24:00:00":              "2022-01-26T00:00:00Z",
		"2016-12-31T23:59:60Z":             "2017-01-01T00:00:00Z",
		"0001-01-01":                       "0001-01-01T00:00:00Z",
		"9999-12-31T23:59:59.999999Z":      "9999-12-31T23:59:59.999999Z",
	} {
		got, ok := parseTime(text)
		wanted, err := time.Parse(time.RFC3339Nano, want)
		if err != nil || !ok || got != wanted.UnixMicro() {
			t.Errorf("%q: %v %v, want %s", text, time.UnixMicro(got).UTC().Format(time.RFC3339Nano), ok, want)
		}
	}
}

func TestWhatIsNoTime(t *testing.T) {
	for _, text := range []string{"", "yesterday", "2022", "2022-1-5", "2022-13-01", "2022-00-10", "2022-02-29", "1900-02-29", "2022-04-31",
		"0000-01-01", "2022/01/25", "25.01.2022", "2022-0125", "202201-25", "2022-01-25T", "2022-01-25T25:00", "2022-01-25T24:01",
		"2022-01-25T09:60", "2022-01-25T09:05:61", "2022-01-25T09:05:06.", "2022-01-25T09:05:", "2022-01-25T09:05:06+", "2022-01-25T09:05:06+25:00",
		"2022-01-25T09:05:06+08:75", "2022-01-25T09:05:06Zz", "2022-01-25T09:05:06 CET", "2022-01-25T9:05", "２０２２-01-25", "2022-01-25x09:05"} {
		if got, ok := parseTime(text); ok {
			t.Errorf("%q was read as %v", text, time.UnixMicro(got).UTC())
		}
	}
}

// Whatever the standard library writes is read back to the microsecond.
func TestTimesAgreeWithTheLibrary(t *testing.T) {
	layouts := []string{time.RFC3339Nano, time.RFC3339, "2006-01-02 15:04:05.999999Z07:00", "20060102T150405.999999999Z0700", "2006-01-02T15:04Z07:00"}
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMicro(rapid.Int64Range(-62_135_000_000_000_000, 253_402_000_000_000_000).Draw(t, "at"))
		at = at.In(time.FixedZone("", 60*rapid.IntRange(-14*60, 14*60).Draw(t, "zone")))
		layout := rapid.SampledFrom(layouts).Draw(t, "layout")
		text := at.Format(layout)
		want, err := time.Parse(layout, text)
		if err != nil {
			return // the zone moved it before year 1
		}
		if got, ok := parseTime(text); !ok || got != want.UnixMicro() {
			t.Fatalf("%q: %v %v", text, time.UnixMicro(got).UTC(), ok)
		}
	})
}
