package pack

// FormOf returns the form of a text by its mark and its checksum. It unpacks
// nothing, so that a listing of many texts is cheap. It returns false for a text
// that is damaged or empty, that a newer version wrote, or that only points to a
// value. A text that begins as FormPython begins is taken for one.
func FormOf(text string) (Form, bool) {
	switch {
	case text == "":
		return FormAuto, false
	case text[0] != mark && lostMark(text):
		return FormAuto, false
	case text[0] != mark && beginsZlib(text):
		return FormPython, true
	case text[0] != mark:
		return FormPlain, true
	case !checks(text[1:]):
		return FormAuto, false
	case text[1] == formatFlate:
		return FormFlate, true
	case text[1] == formatColumns:
		return FormDense, true
	}
	return FormAuto, false
}
