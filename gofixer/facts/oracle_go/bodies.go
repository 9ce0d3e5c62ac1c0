package main

import "bytes"

// withoutBodies gives a Go file without the bodies of its functions, which is much faster to parse. Offsets
// do not stay what they were. Source that it cannot follow comes back as far as it was understood, and the rest whole.
func withoutBodies(source []byte) []byte {
	out := make([]byte, 0, len(source)/2)
	kept := 0 // everything before is in out or dropped
	depth := 0
	begins := true    // nothing of a declaration was seen yet
	function := false // in the declaration of a function, before its body
	literal := -1     // depth of the last func that is no declaration, before what may be its body; -1 without one
	word := ""        // the last word, if nothing but white space and comments came after it
	last := byte(0)   // the last byte that is neither white space nor in a comment
	for i := 0; i < len(source); {
		c := source[i]
		switch {
		case c == '/' && i+1 < len(source) && (source[i+1] == '/' || source[i+1] == '*'), c == '"', c == '`', c == '\'':
			if c != '/' {
				last, word, begins = c, "", false
			}
			i = skipText(source, i)
			continue
		case isWordByte(c):
			end := i + 1
			for end < len(source) && isWordByte(source[end]) {
				end++
			}
			before := word
			word = string(source[i:end])
			if word == "func" {
				if begins {
					function = true
				} else if last != ']' && last != '*' && before != "chan" { // else the type of elements
					literal = depth
				}
			}
			last, begins = source[end-1], false
			i = end
			continue
		case c == '\n' || c == ';':
			// Ends a declaration, or one of a group: between a func and its body there is no end of a line.
			if depth == 0 {
				begins, function = true, false
			}
			if depth == literal {
				literal = -1
			}
			i++
			continue
		case c == ' ' || c == '\t' || c == '\r':
			i++
			continue
		case c == '{' && (depth == 0 && function || depth == literal) && word != "interface" && word != "struct":
			end := closing(source, i)
			out = append(out, source[kept:i+1]...)
			kept, i, function, literal = end, min(end+1, len(source)), false, -1
		case c == '(' || c == '[' || c == '{':
			depth++
			i++
		case c == ')' || c == ']' || c == '}':
			depth--
			i++
			if depth < literal {
				literal = -1
			}
		case (c == ',' || c == '=') && depth == literal:
			literal = -1
			i++
		default:
			i++
		}
		word, last, begins = "", c, false
	}
	return append(out, source[kept:]...)
}

// closing gives the offset of the brace that closes the one at start, or the end of the source.
func closing(source []byte, start int) int {
	depth := 0
	for i := start; i < len(source); {
		switch source[i] {
		case '"', '`', '\'':
			i = skipText(source, i)
			continue
		case '/':
			if i+1 < len(source) && (source[i+1] == '/' || source[i+1] == '*') {
				i = skipText(source, i)
				continue
			}
		case '{':
			depth++
		case '}':
			depth--
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return len(source)
}

// skipText gives the offset behind the comment, string or rune that starts at i.
func skipText(source []byte, i int) int {
	find := func(text string, from int) int {
		if from > len(source) {
			return len(source)
		}
		if found := bytes.Index(source[from:], []byte(text)); found >= 0 {
			return from + found + len(text)
		}
		return len(source)
	}
	switch quote := source[i]; quote {
	case '/':
		if source[i+1] == '*' {
			return find("*/", i+2)
		}
		return max(i+2, find("\n", i+2)-1)
	case '`':
		return find("`", i+1)
	default:
		for i++; i < len(source) && source[i] != quote && source[i] != '\n'; i++ {
			if source[i] == '\\' {
				i++
			}
		}
		return min(i+1, len(source))
	}
}

func isWordByte(c byte) bool {
	return c == '_' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// qualifiers gives all words of a source that a dot follows: whatever may name a package there.
func qualifiers(source []byte) map[string]bool {
	found := map[string]bool{}
	for i, c := range source {
		if c != '.' {
			continue
		}
		end := i
		for end > 0 && (source[end-1] == ' ' || source[end-1] == '\t') {
			end--
		}
		start := end
		for start > 0 && isWordByte(source[start-1]) {
			start--
		}
		if start < end {
			found[string(source[start:end])] = true
		}
	}
	return found
}
