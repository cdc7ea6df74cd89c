"""Let the setup.py of awsjar 0.2.11 run under Python 3.12 and later.

Its versioneer.py needs a class and a method that Python 3.12 no longer has.
"""

import configparser

if not hasattr(configparser, "SafeConfigParser"):

    class SafeConfigParser(configparser.ConfigParser):
        readfp = configparser.ConfigParser.read_file

    configparser.SafeConfigParser = SafeConfigParser
