/* formats/format_tab.h - one line per format, alphabetical. format.c includes it twice. */
FORMAT(asr_json)
FORMAT(csv)
FORMAT(gong_json)
FORMAT(json)
FORMAT(nlp)
FORMAT(srt)
FORMAT(text)
FORMAT(vtt)
